#include "kms/store/rows.hpp"

#include "kms/store/schema.hpp"

namespace quietus::store {

namespace {

constexpr std::size_t kActs = 5;

/// Parameters: 1 table name (first set only), 2 key, 3 value or number of rows.
constexpr std::array<std::array<std::string_view, kActs>, 2> kSql = {{
    {"INSERT INTO operational(table_name, key, value) VALUES(?1, ?2, ?3) "
     "ON CONFLICT(table_name, key) DO UPDATE SET value = excluded.value",
     "DELETE FROM operational WHERE table_name = ?1 AND key = ?2",
     "SELECT value FROM operational WHERE table_name = ?1 AND key = ?2",
     "SELECT key, value FROM operational WHERE table_name = ?1 AND key >= ?2 ORDER BY key LIMIT ?3",
     "SELECT key, value FROM operational WHERE table_name = ?1 AND key > ?2 ORDER BY key LIMIT ?3"},
    {"INSERT INTO record_pages(key, value) VALUES(?2, ?3) "
     "ON CONFLICT(key) DO UPDATE SET value = excluded.value",
     "DELETE FROM record_pages WHERE key = ?2", "SELECT value FROM record_pages WHERE key = ?2",
     "SELECT key, value FROM record_pages WHERE key >= ?2 ORDER BY key LIMIT ?3",
     "SELECT key, value FROM record_pages WHERE key > ?2 ORDER BY key LIMIT ?3"},
}};

/// A statement that stays on a row keeps a read transaction open.
class Resetting {
 public:
  explicit Resetting(Statement& statement) : statement_(statement) {}
  ~Resetting() { statement_.reset(); }
  Resetting(const Resetting&) = delete;
  Resetting& operator=(const Resetting&) = delete;

 private:
  Statement& statement_;
};

}  // namespace

Result<Statement*> Rows::statement(Act act, const std::string& table, const std::string& key) {
  if (!known_table(table)) return fail(ErrorKind::invalid_input, "the store has no table '" + table + "'");
  const std::size_t home = has_own_table(table) ? 1 : 0;
  auto& prepared = prepared_[home][static_cast<std::size_t>(act)];
  if (!prepared) {
    QUIETUS_TRY(made, connection_->prepare(kSql[home][static_cast<std::size_t>(act)]));
    prepared = std::move(made);
  }
  if (home == 0) QUIETUS_CHECK(prepared->bind_in_place(1, std::string_view(table)));
  QUIETUS_CHECK(prepared->bind_in_place(2, std::string_view(key)));
  return &*prepared;
}

Status Rows::put(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const bool removes = row.value.empty();
    QUIETUS_TRY(act, statement(removes ? Act::remove : Act::put, row.table, row.key));
    const Resetting resetting(*act);
    if (!removes) QUIETUS_CHECK(act->bind_in_place(3, BytesView(row.value)));
    QUIETUS_CHECK(act->step());
  }
  return {};
}

Result<std::optional<Bytes>> Rows::get(const std::string& table, const std::string& key) {
  QUIETUS_TRY(select, statement(Act::get, table, key));
  const Resetting resetting(*select);
  QUIETUS_TRY(found, select->step());
  if (!found) return std::nullopt;
  return select->blob(0);
}

Result<std::vector<std::pair<std::string, Bytes>>> Rows::from(const std::string& table,
                                                              const std::string& prefix,
                                                              const std::string& from, bool after,
                                                              std::int64_t most) {
  QUIETUS_TRY(select, statement(after ? Act::after : Act::at_or_after, table, from));
  const Resetting resetting(*select);
  QUIETUS_CHECK(select->bind(3, most));
  std::vector<std::pair<std::string, Bytes>> rows;
  for (;;) {
    QUIETUS_TRY(row, select->step());
    if (!row || !select->text(0).starts_with(prefix)) return rows;
    rows.emplace_back(select->text(0), select->blob(1));
  }
}

}  // namespace quietus::store
