// Keys in pages: into which one a new key goes, how whoever stays moves to the next root, and what is seen to
// be true of it before anything is committed.
#include "kms/keyrings/keyring.hpp"

namespace quietus::keyrings {

namespace {

Status check_length(const Bytes& wrapped) {
  if (wrapped.size() == kWrappedBytes) return {};
  return fail(ErrorKind::hsm, "the token wraps keys to another length");
}

std::unexpected<Error> page_not_the_same(const std::string& what) {
  return fail(ErrorKind::verification_failed, what + " that was moved is not the key that it was");
}

}  // namespace

Result<PageKey> Keyring::begin_page(Generation& generation) {
  const PageNumber number = take_page_number();
  QUIETUS_TRY(wrapped, hsm_.generate_wrapped_key(generation.root().ref));
  QUIETUS_CHECK(check_length(wrapped));
  QUIETUS_CHECK(generation.add(PageKey{number, wrapped}));
  return PageKey{number, std::move(wrapped)};
}

PageNumber Keyring::take_page_number() {
  const MutexLock lock(mutex_);
  const PageNumber taken = next_page_;
  next_page_.value += 1;  // also when this fails: a page never has two page keys
  return taken;
}

Result<std::vector<Keyring::NewKey>> Keyring::wrap_into_pages(Generation& generation, std::size_t count,
                                                              const Wrap& wrap) {
  std::map<PageNumber, std::size_t> promised;
  std::map<PageNumber, Bytes> page_keys;
  for (PageKey& page : generation.pages()) page_keys.emplace(page.page, std::move(page.wrapped));
  std::vector<NewKey> made;
  while (made.size() < count) {
    auto page = generation.page_with_room(promised, options_.page_keys);
    if (!page) {
      QUIETUS_TRY(fresh, begin_page(generation));
      page = fresh.page;
      page_keys.emplace(fresh.page, std::move(fresh.wrapped));
    }
    QUIETUS_TRY(wrapped, generation.with_page(*page, wrap));
    QUIETUS_CHECK(check_length(wrapped));
    ++promised[*page];
    made.push_back({{*page, page_keys.at(*page)}, std::move(wrapped)});
  }
  return made;
}

Status Keyring::move_pages(const Generation& from, Generation& to, const std::set<PageNumber>& whole) {
  for (PageKey& page : from.pages()) {
    if (!whole.contains(page.page)) continue;
    QUIETUS_TRY(moved, hsm_.rewrap_key(from.root().ref, to.root().ref, page.wrapped));
    QUIETUS_CHECK(check_length(moved));
    page.wrapped = std::move(moved);
    QUIETUS_CHECK(to.add(std::move(page)));
  }
  return {};
}

/// The page key that wrapped a key that goes must not wrap anything under the next root: with it, an older
/// blob of that key would open again.
Status Keyring::move_keys(Generation& from, Generation& to, const std::vector<WrappedKey>& keys) {
  PageNumber page;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i % options_.page_keys == 0) {
      QUIETUS_TRY(fresh, begin_page(to));
      page = fresh.page;
    }
    const WrappedKey& key = keys[i];
    QUIETUS_TRY(moved, from.rewrap_into(to, page, key.page, key.wrapped));
    QUIETUS_CHECK(to.add(WrappedKey{key.id, page, std::move(moved)}));
  }
  return {};
}

// Key wrap is deterministic (RFC 3394 §2.2.1): a key that was moved and is wrapped back gives the very bytes
// it came from. That shows at once that the new bytes open, and that they are the same key. The same
// comparison shows of a fresh page key that it is none of those that were there.
Status Keyring::check_page(const epochs::Root& from, const std::vector<PageKey>& were,
                           const Generation& moved, const PageKey& page, bool whole) {
  QUIETUS_TRY(back, hsm_.rewrap_key(moved.root().ref, from.ref, page.wrapped));
  for (const PageKey& was : were) {
    const bool same = was.wrapped == back;
    if (whole && was.page == page.page && !same) return page_not_the_same("a page key");
    if (same && !(whole && was.page == page.page))
      return fail(ErrorKind::verification_failed, "the page key of another page is used again");
  }
  return {};
}

/// Of a page that moved as a whole the page key is shown to be the same, and its keys are the bytes that they
/// were: here one of them is opened, to see the page key at work.
Status Keyring::check_opens(Generation& moved, const WrappedKey& key) {
  QUIETUS_CHECK(moved.with_page(
      key.page, [&](const HsmSessionKey& page) { return hsm_.unwrap_key(page, key.wrapped); }));
  return {};
}

Status Keyring::check_key(Generation& from, Generation& moved, const WrappedKey& was, const WrappedKey& is) {
  QUIETUS_TRY(back, moved.rewrap_into(from, was.page, is.page, is.wrapped));
  return was.wrapped == back ? Status{} : page_not_the_same("a key");
}

}  // namespace quietus::keyrings
