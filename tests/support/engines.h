#pragma once
// Both engines, for suites that run on each:
//   class Accounts : public testing::TestWithParam<db::test::Engine> {
//       db::test::FreshDatabase m_fresh = GetParam().make();
//       db::Database& m_database = m_fresh.database();
//   };
//   INSTANTIATE_TEST_SUITE_P(Engines, Accounts, testing::ValuesIn(db::test::engines()),
//   db::test::engine_name);
#include "db/migrations.h"
#include "db/open.h"

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace sallyport::db::test {

/// A database that nobody else uses; it goes away with the object.
class FreshDatabase {
public:
    FreshDatabase(Location location, std::span<const Migration> migrations, std::function<void()> remove);
    ~FreshDatabase();
    FreshDatabase(const FreshDatabase&) = delete;
    FreshDatabase& operator=(const FreshDatabase&) = delete;

    [[nodiscard]] Database& database() { return *m_database; }
    [[nodiscard]] const Location& location() const { return m_location; }
    /// Opens the same database once more, as another process would.
    [[nodiscard]] std::unique_ptr<Database> open_again() const;
    [[nodiscard]] std::unique_ptr<Database> open_again(std::span<const Migration> migrations) const;

private:
    Location m_location;
    std::span<const Migration> m_migrations;
    std::function<void()> m_remove;
    std::unique_ptr<Database> m_database;
};

struct Engine {
    std::string name;  // "sqlite", "postgres"
    db::Engine kind;
    /// Empty and migrated: with the product's tables, or with the given ones (which outlive it).
    [[nodiscard]] FreshDatabase make(std::span<const Migration> migrations = all_migrations()) const;
    friend std::ostream& operator<<(std::ostream& out, const Engine& engine) { return out << engine.name; }
};

std::vector<Engine> engines();

inline constexpr auto engine_name = [](const auto& info) { return info.param.name; };

/// Opens with options fit for a test: few threads.
std::unique_ptr<Database> open_for_test(const Location& location, std::span<const Migration> migrations);

}  // namespace sallyport::db::test
