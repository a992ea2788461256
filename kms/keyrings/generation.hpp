// The wrapped keys of one epoch in memory, in their pages, and the session keys that were unwrapped from
// them: page keys that wrap and unwrap, keys that encrypt and decrypt, none of them extractable. Whoever
// works with a key holds its generation: when the last holder is gone, so is everything that came from under
// its root.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/mutex.hpp"
#include "kms/epochs/domain.hpp"
#include "kms/keyrings/sheet.hpp"

namespace quietus::keyrings {

class Generation;

/// Tells when a generation has ended, its session keys included.
class GenerationEnd {
 public:
  /// false: somebody still worked with it when the time was over.
  bool wait(int timeout_ms) QUIETUS_EXCLUDES(mutex_);

 private:
  friend class Generation;
  void tell() QUIETUS_EXCLUDES(mutex_);
  Mutex mutex_;
  ConditionVariable changed_;
  bool ended_ QUIETUS_GUARDED_BY(mutex_) = false;
};

class Generation {
 public:
  static std::shared_ptr<Generation> make(Hsm& hsm, const epochs::Root& root, std::size_t max_sessions);
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  [[nodiscard]] const epochs::Root& root() const { return root_; }
  [[nodiscard]] std::shared_ptr<GenerationEnd> end() const { return end_; }
  /// The same bytes may come again: each addition brings its page. `corrupt` when they are other bytes.
  Status add(PageKey page) QUIETUS_EXCLUDES(mutex_);
  /// `corrupt` when a key is there already, or its page is not there or full.
  Status add(WrappedKey key) QUIETUS_EXCLUDES(mutex_);
  [[nodiscard]] bool has(const KeyVersion& id) const QUIETUS_EXCLUDES(mutex_);
  [[nodiscard]] std::size_t size() const QUIETUS_EXCLUDES(mutex_);
  [[nodiscard]] std::vector<WrappedKey> keys() const QUIETUS_EXCLUDES(mutex_);  ///< ascending
  [[nodiscard]] std::vector<PageKey> pages() const QUIETUS_EXCLUDES(mutex_);    ///< ascending
  /// The first page with fewer than `limit` keys, those counted that are `promised` to it.
  [[nodiscard]] std::optional<PageNumber> page_with_room(const std::map<PageNumber, std::size_t>& promised,
                                                         std::size_t limit) const QUIETUS_EXCLUDES(mutex_);
  [[nodiscard]] std::size_t sessions() const QUIETUS_EXCLUDES(mutex_);  ///< of keys; page keys not counted

  /// `use(const HsmSessionKey&)`, with the key unwrapped if it is not at hand. Once more when the token was
  /// attached anew meanwhile and the session key had ended.
  template <class Use>
  auto with_key(const KeyVersion& id, const Use& use) -> decltype(use(std::declval<const HsmSessionKey&>())) {
    for (int attempt = 0; attempt < 2; ++attempt) {
      QUIETUS_TRY(key, session_key(id));
      auto used = use(*key);
      if (used || used.error().kind != ErrorKind::not_found) return used;
      forget(id, key);
    }
    return attached_anew();
  }
  /// The same with the page key of a page, which wraps and unwraps.
  template <class Use>
  auto with_page(PageNumber page, const Use& use) -> decltype(use(std::declval<const HsmSessionKey&>())) {
    for (int attempt = 0; attempt < 2; ++attempt) {
      QUIETUS_TRY(key, page_session(page));
      auto used = use(*key);
      if (used || used.error().kind != ErrorKind::not_found) return used;
      forget(page, key);
    }
    return attached_anew();
  }
  /// The key in `wrapped`, a key of `page`, wrapped by the page key of a page of another generation.
  Result<Bytes> rewrap_into(Generation& other, PageNumber other_page, PageNumber page, BytesView wrapped);

 private:
  struct Page {
    Bytes wrapped;
    std::size_t keys = 0;
    HsmSessionKeyPtr session;  ///< kept once it was unwrapped: there are kMaxPages at most
  };
  struct Session {
    HsmSessionKeyPtr key;
    std::list<KeyVersion>::iterator recent;
  };
  Generation(Hsm& hsm, const epochs::Root& root, std::size_t max_sessions)
      : hsm_(hsm), root_(root), max_sessions_(max_sessions) {}
  ~Generation() = default;
  static std::unexpected<Error> attached_anew() {
    return fail(ErrorKind::unavailable, "the token was attached anew", "try again");
  }
  Result<HsmSessionKeyPtr> session_key(const KeyVersion& id) QUIETUS_EXCLUDES(mutex_);
  Result<HsmSessionKeyPtr> page_session(PageNumber page) QUIETUS_EXCLUDES(mutex_);
  /// Where a key is, or would have to be.
  [[nodiscard]] std::vector<WrappedKey>::const_iterator place_of(const KeyVersion& id) const
      QUIETUS_REQUIRES(mutex_);
  [[nodiscard]] bool is_at(std::vector<WrappedKey>::const_iterator place, const KeyVersion& id) const
      QUIETUS_REQUIRES(mutex_) {
    return place != wrapped_.end() && place->id == id;
  }
  HsmSessionKeyPtr at_hand(const KeyVersion& id) QUIETUS_REQUIRES(mutex_);
  void forget(const KeyVersion& id, const HsmSessionKeyPtr& key) QUIETUS_EXCLUDES(mutex_);
  void forget(PageNumber page, const HsmSessionKeyPtr& key) QUIETUS_EXCLUDES(mutex_);

  Hsm& hsm_;
  const epochs::Root root_;
  const std::size_t max_sessions_;
  std::shared_ptr<GenerationEnd> end_ = std::make_shared<GenerationEnd>();
  mutable Mutex mutex_;
  std::map<PageNumber, Page> pages_ QUIETUS_GUARDED_BY(mutex_);
  std::vector<WrappedKey> wrapped_ QUIETUS_GUARDED_BY(mutex_);  ///< ascending: they are copied as a whole
  std::map<KeyVersion, Session> sessions_ QUIETUS_GUARDED_BY(mutex_);
  std::list<KeyVersion> recent_ QUIETUS_GUARDED_BY(mutex_);  ///< most recently used first
};

}  // namespace quietus::keyrings
