// docs/openapi.yaml and the routes say the same, in both directions.
#include "adapters/system_clock.h"
#include "adapters/system_random.h"
#include "app/mail_room.h"
#include "app/routes.h"
#include "crypto/key_file.h"
#include "db/open.h"
#include "slices/site/openapi.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>

namespace sallyport::app {
namespace {

std::string_view name_of(http::Method method)
{
    switch (method) {
    case http::Method::get: return "get";
    case http::Method::head: return "head";
    case http::Method::post: return "post";
    case http::Method::put: return "put";
    case http::Method::patch: return "patch";
    case http::Method::del: return "delete";
    }
    return {};
}

/// "get /path" of each operation. In our file a path stands at two spaces, its methods at four.
std::set<std::string> described()
{
    std::set<std::string> found;
    std::istringstream lines{std::string(site::openapi_text())};
    std::string path;
    bool in_paths = false;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(' ')) in_paths = line == "paths:";
        if (!in_paths || !line.ends_with(':')) continue;
        if (line.starts_with("  /"))
            path = line.substr(2, line.size() - 3);
        else if (line.starts_with("    ") && !line.starts_with("     "))
            found.insert(line.substr(4, line.size() - 5) + " " + path);
    }
    return found;
}

/// The rooms without a server: their routes can be read, not asked.
class RoutesOfAllRooms {
public:
    RoutesOfAllRooms()
        : m_folder(make_folder()), m_keys(std::move(*crypto::KeyRing::create(m_folder + "/keys", m_random))),
          m_sealer(m_keys, m_random), m_rows(m_keys), m_index(m_keys), m_peppers(m_keys), m_signer(m_keys),
          m_database(db::open({db::Engine::sqlite, m_folder + "/test.db"})),
          m_hashes({}, m_random, [this] { return m_clock.now(); }),
          m_world{
              *m_database,
              m_clock,
              m_random,
              {m_sealer, m_rows, m_index},
              m_peppers,
              m_hashes,
              nullptr,
              {},
              {},
              {},
              {},
              true,
              {"Exchange", {}, "https://accounts.example", "accounts.example", "", {}, "accounts.example"},
              [] {}},
          m_sessions(*m_database, m_world.keys, m_clock, {}), m_access(m_world, m_sessions),
          m_mail(m_config, m_world, true)
    {
        add_all_routes(m_router, {m_config, m_access, m_signer, m_metrics, m_mail, nullptr});
    }
    ~RoutesOfAllRooms() { std::filesystem::remove_all(m_folder); }
    RoutesOfAllRooms(const RoutesOfAllRooms&) = delete;
    RoutesOfAllRooms& operator=(const RoutesOfAllRooms&) = delete;

    std::set<std::string> served() const
    {
        std::set<std::string> found;
        for (const auto& route : m_router.routes()) {
            const bool asset = route.pattern.starts_with("/a/");
            found.insert(std::string(name_of(route.method)) + " " + (asset ? "/a/{file}" : route.pattern));
        }
        return found;
    }

private:
    static std::string make_folder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "sallyport-routes.XXXXXX").string();
        return ::mkdtemp(name.data());
    }

    adapters::SystemClock m_clock;
    adapters::SystemRandom m_random;
    std::string m_folder;
    Config m_config;
    crypto::KeyRing m_keys;
    crypto::Sealer m_sealer;
    crypto::RowAuthenticator m_rows;
    crypto::IndexKey m_index;
    crypto::Peppers m_peppers;
    crypto::JwsSigner m_signer;
    std::unique_ptr<db::Database> m_database;
    crypto::PasswordPool m_hashes;
    proof::World m_world;
    access::SessionCache m_sessions;
    access::Access m_access;
    http::Metrics m_metrics;
    MailRoom m_mail;
    http::Router m_router;
};

TEST(OpenApi, DescribesEveryRouteAndNoOther)
{
    const std::set<std::string> described_routes = described();
    const std::set<std::string> served_routes = RoutesOfAllRooms().served();
    for (const std::string& route : served_routes)
        EXPECT_TRUE(described_routes.contains(route)) << route << " is served but not in docs/openapi.yaml";
    for (const std::string& route : described_routes)
        EXPECT_TRUE(served_routes.contains(route)) << route << " is in docs/openapi.yaml but not served";
    EXPECT_GT(described_routes.size(), 20U);
}

}  // namespace
}  // namespace sallyport::app
