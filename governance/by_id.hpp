// A map by id that is asked far more often than it is walked through: every decision looks up a dozen things,
// and a tree of texts costs a miss of the cache on each level.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace quietus::governance {

/// In the order of the ids, copied and compared as the std::map that it is; found by hash. Nothing is ever
/// taken out of it. As with std::map, who only looks may do so from several threads.
template <class IdType, class Value>
class ById {
 public:
  using Map = std::map<IdType, Value>;
  using key_type = IdType;
  using mapped_type = Value;
  using value_type = typename Map::value_type;
  using iterator = typename Map::iterator;
  using const_iterator = typename Map::const_iterator;

  ById() = default;
  ById(const ById& other) : map_(other.map_) { index(); }
  ById(ById&&) = default;
  ById& operator=(const ById& other) {
    map_ = other.map_;
    index();
    return *this;
  }
  ById& operator=(ById&&) = default;
  ~ById() = default;
  bool operator==(const ById& other) const { return map_ == other.map_; }

  [[nodiscard]] iterator begin() { return map_.begin(); }
  [[nodiscard]] iterator end() { return map_.end(); }
  [[nodiscard]] const_iterator begin() const { return map_.begin(); }
  [[nodiscard]] const_iterator end() const { return map_.end(); }
  [[nodiscard]] std::size_t size() const { return map_.size(); }
  [[nodiscard]] bool empty() const { return map_.empty(); }
  [[nodiscard]] const_iterator lower_bound(const IdType& id) const { return map_.lower_bound(id); }

  [[nodiscard]] iterator find(const IdType& id) {
    const Slot* slot = slot_of(id);
    return slot == nullptr ? map_.end() : slot->at;
  }
  [[nodiscard]] const_iterator find(const IdType& id) const {
    const Slot* slot = slot_of(id);
    return slot == nullptr ? map_.end() : const_iterator(slot->at);
  }
  [[nodiscard]] bool contains(const IdType& id) const { return slot_of(id) != nullptr; }
  [[nodiscard]] Value& at(const IdType& id) { return at(*this, id); }
  [[nodiscard]] const Value& at(const IdType& id) const { return at(*this, id); }
  Value& operator[](const IdType& id) {
    const auto [place, added] = map_.try_emplace(id);
    if (added) enter(place);
    return place->second;
  }

 private:
  struct Slot {
    iterator at;
    bool used = false;
  };

  template <class Self>
  static auto& at(Self& self, const IdType& id) {
    const Slot* slot = self.slot_of(id);
    if (slot == nullptr) throw std::out_of_range("no such id");
    return slot->at->second;
  }

  [[nodiscard]] std::size_t first_place(const IdType& id) const {
    return std::hash<std::string>()(id.text()) & (slots_.size() - 1);
  }
  [[nodiscard]] const Slot* slot_of(const IdType& id) const {
    if (slots_.empty()) return nullptr;
    for (std::size_t place = first_place(id); slots_[place].used; place = (place + 1) & (slots_.size() - 1)) {
      if (slots_[place].at->first == id) return &slots_[place];
    }
    return nullptr;
  }
  /// At most half of the slots are in use, so that every search meets a free one.
  void enter(iterator at) {
    if (2 * map_.size() > slots_.size()) return index();
    std::size_t place = first_place(at->first);
    while (slots_[place].used) place = (place + 1) & (slots_.size() - 1);
    slots_[place] = {at, true};
  }
  void index() {
    std::size_t size = map_.empty() ? 0 : 8;
    while (size < 4 * map_.size()) size *= 2;
    slots_.assign(size, Slot());
    for (auto at = map_.begin(); at != map_.end(); ++at) enter(at);
  }

  Map map_;
  std::vector<Slot> slots_;  ///< a power of two of them
};

}  // namespace quietus::governance
