#include "app/config.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <sstream>

namespace sallyport::app {
namespace {

std::vector<ConfigProblem> problems_of(std::string_view text)
{
    const auto outcome = parse_config(text, "/etc/sallyport");
    const auto* const problems = std::get_if<std::vector<ConfigProblem>>(&outcome);
    return problems == nullptr ? std::vector<ConfigProblem>{} : *problems;
}

TEST(Config, EmptyFileIsTheDefaults)
{
    const auto outcome = parse_config("", "/etc/sallyport");
    ASSERT_TRUE(std::holds_alternative<Config>(outcome));
    const Config& config = std::get<Config>(outcome);
    EXPECT_EQ(config.hash_memory_kib, 19456);
    EXPECT_EQ(config.allowed_hosts, std::vector<std::string>{"localhost:8080"});
    EXPECT_EQ(config.database, "sqlite:/etc/sallyport/sallyport.db");
}

TEST(Config, EachMistakeIsNamedWithItsLineAndTheNearestKey)
{
    struct Row {
        std::string_view text;
        std::int64_t line;
        std::string_view said;
    };
    for (const Row& row : {
             Row{"[listen]\npublik = \"x\"\n", 2, "unknown key listen.publik; did you mean listen.public?"},
             Row{"\n\n[lisen]\n", 3, "unknown section [lisen]; did you mean [listen]?"},
             Row{"[passwords]\nhash_passes = 0\n", 2, "passwords.hash_passes is 0; allowed is 1 to 20"},
             Row{"[passwords]\nhash_passes = \"2\"\n", 2, "passwords.hash_passes must be a whole number"},
             Row{"[relay]\ntls = \"requried\"\n", 2, "relay.tls is \"requried\"; did you mean \"required\"?"},
             Row{"[[relay]]\n[[relay]]\nport = 25\n", 3, "unknown key relay.port; did you mean relay.url?"},
             Row{"relay = [25]\n", 1, "[relay] must be a table"},
             Row{"[listen]\ntrusted_proxies = \"10.0.0.1\"\n", 2,
                 "listen.trusted_proxies must be a list of texts, like [\"a\", \"b\"]"},
             Row{"[public]\nurl = \"https://a.example/path\"\n", 0,
                 "public.url must be an origin such as https://accounts.example, without a path"},
             Row{"[sessions]\nidle_seconds = 3600\noverall_seconds = 900\n", 3,
                 "sessions.overall_seconds is 900; allowed is 3600 to 86400"},
             Row{"[brand]\nterms = \"http://a.example\"\n", 0,
                 "brand.terms must be an address such as https://exchange.example/terms"},
             Row{"brand = 3\n", 1, "[brand] must be a table"},
         }) {
        const auto problems = problems_of(row.text);
        ASSERT_EQ(problems.size(), 1U) << row.text;
        EXPECT_EQ(problems[0].line, row.line) << row.text;
        EXPECT_EQ(problems[0].text, row.said);
    }
    EXPECT_EQ(problems_of("[listen\n").size(), 1U);
    EXPECT_EQ(problems_of("[listen\n")[0].line, 1);
}

TEST(Config, ABrandNameIsOneThatAnAppCanShow)
{
    for (const std::string name : {"", "a:b", "a\\nb", "a\\u007fb"})
        EXPECT_EQ(problems_of("[brand]\nname = \"" + name + "\"\n").size(), 1U) << name;
    EXPECT_EQ(problems_of("[brand]\nname = \"" + std::string(65, 'a') + "\"\n").size(), 1U);
    EXPECT_TRUE(problems_of("[brand]\nname = \"" + std::string(64, 'a') + "\"\n").empty());
    EXPECT_TRUE(problems_of("[brand]\nname = \"Börse & Söhne\"\n").empty());
}

TEST(Config, TermsAreAnHttpsAddressOrNothing)
{
    for (const std::string good : {"", "https://a.example/terms?v=2"})
        EXPECT_TRUE(problems_of("[brand]\nterms = \"" + good + "\"\n").empty()) << good;
    for (const std::string bad : {"https://", "https:///x", "javascript:alert(1)", "https://a b", "/terms"})
        EXPECT_EQ(problems_of("[brand]\nterms = \"" + bad + "\"\n").size(), 1U) << bad;
}

TEST(Config, TheRpIdIsTheHostOrADomainAboveIt)
{
    const auto with = [](const std::string& more) {
        return "[public]\nurl = \"https://accounts.a.example:8443\"\n" + more + "\n";
    };
    EXPECT_EQ(std::get<Config>(parse_config(with(""), {})).rp_id, "accounts.a.example");
    EXPECT_EQ(std::get<Config>(parse_config("", {})).rp_id, "localhost");
    for (const std::string good : {"a.example", "accounts.a.example"})
        EXPECT_TRUE(problems_of(with("rp_id = \"" + good + "\"")).empty()) << good;
    for (const std::string bad : {"localhost", "b.example", "ccounts.a.example", "x.accounts.a.example"})
        EXPECT_EQ(problems_of(with("rp_id = \"" + bad + "\"")).size(), 1U) << bad;
    EXPECT_TRUE(
        problems_of(with("related_origins = [\"https://a.example\", \"https://b.example\"]")).empty());
    for (const std::string bad : {"http://b.example", "https://b.example/x"})
        EXPECT_EQ(problems_of(with("related_origins = [\"" + bad + "\"]")).size(), 1U) << bad;
    const std::string six =
        R"(["https://1.b", "https://2.b", "https://3.b", "https://4.b", "https://5.b", "https://6.b"])";
    EXPECT_EQ(problems_of(with("related_origins = " + six)).size(), 1U);
}

/// A page of the law, its section, and where its limits stand in a configuration.
struct Page {
    std::string section;
    std::function<policy::NamedLimits(Config&)> limits;
};
const std::vector<Page> pages_of_the_law{
    {"mail", [](Config& c) { return policy::mail_breaker::named_limits(c.mail_breaker); }},
    {"passwords", [](Config& c) { return policy::passwords::named_limits(c.passwords); }},
    {"sessions", [](Config& c) { return policy::sessions::named_limits(c.sessions); }},
    {"sign_in", [](Config& c) { return policy::sign_in::named_limits(c.sign_in); }},
    {"step_up", [](Config& c) { return policy::step_up::named_limits(c.step_up); }},
    {"tries", [](Config& c) { return policy::throttle::named_limits(c.tries); }},
    {"trusted_browsers", [](Config& c) { return policy::trusted_browsers::named_limits(c.trust); }},
};

TEST(Config, RelaysStandInTheirOrder)
{
    const auto relays_of = [](std::string_view text) {
        return std::get<Config>(parse_config(text, "/etc/sallyport")).relays;
    };
    ASSERT_EQ(relays_of("").size(), 1U);
    EXPECT_EQ(relays_of("")[0].url, "smtp://127.0.0.1:25");
    ASSERT_EQ(relays_of("[relay]\nurl = \"smtp://a.example\"\n").size(), 1U);
    const auto two = relays_of("[[relay]]\nurl = \"smtp://a.example\"\npassword_file = \"a\"\n"
                               "[[relay]]\nurl = \"smtps://b.example\"\na_minute_max = 600\n");
    ASSERT_EQ(two.size(), 2U);
    EXPECT_EQ(two[0].url, "smtp://a.example");
    EXPECT_EQ(two[0].password_file, "/etc/sallyport/a");
    EXPECT_EQ(two[0].a_minute_max, 0);
    EXPECT_EQ(two[1].url, "smtps://b.example");
    EXPECT_EQ(two[1].a_minute_max, 600);
    EXPECT_EQ(two[1].password_file, "");
}

TEST(Config, EverySectionThatHasAKeyIsKnown)
{
    for (const ConfigKey& key : config_keys()) {
        const std::string section = key.path.substr(0, key.path.find('.'));
        const auto outcome = parse_config("[" + section + "]\n", "/etc/sallyport");
        EXPECT_TRUE(std::holds_alternative<Config>(outcome)) << section;
    }
}

TEST(Config, ItsRangesAreTheLaws)
{
    std::size_t walked = 0;
    for (const Page& page : pages_of_the_law) {
        Config defaults;
        const policy::NamedLimits limits = page.limits(defaults);
        for (std::size_t i = 0; i < limits.size(); ++i, ++walked) {
            const std::int64_t unit = limits[i].is_time() ? 1000 : 1;
            const std::string key = limits[i].name + std::string(limits[i].is_time() ? "_seconds" : "");
            ASSERT_EQ(limits[i].range.least % unit, 0) << key;
            ASSERT_EQ(limits[i].range.most % unit, 0) << key;
            const std::int64_t least = limits[i].range.least / unit;
            const std::int64_t most = limits[i].range.most / unit;
            const auto file = [&](std::int64_t value) {
                return "[" + page.section + "]\n" + key + " = " + std::to_string(value) + "\n";
            };
            for (const std::int64_t good : {least, most}) {
                const auto read = parse_config(file(good), "/etc/sallyport");
                ASSERT_TRUE(std::holds_alternative<Config>(read)) << key;
                Config config = std::get<Config>(read);
                EXPECT_EQ(page.limits(config)[i].number(), good * unit) << key;
            }
            for (const std::int64_t bad : {least - 1, most + 1}) {
                const auto problems = problems_of(file(bad));
                ASSERT_EQ(problems.size(), 1U) << key;
                EXPECT_EQ(problems[0].text, page.section + "." + key + " is " + std::to_string(bad) +
                                                "; allowed is " + std::to_string(least) + " to " +
                                                std::to_string(most));
            }
        }
    }
    EXPECT_EQ(walked, 1U + 4U + 2U + 1U + 1U + 15U + 3U);
    const Config defaults;
    EXPECT_EQ(policy::passwords::first_out_of_range(defaults.passwords), nullptr);
    EXPECT_EQ(policy::sessions::first_out_of_range(defaults.sessions), nullptr);
    EXPECT_EQ(policy::sign_in::first_out_of_range(defaults.sign_in), nullptr);
    EXPECT_EQ(policy::step_up::first_out_of_range(defaults.step_up), nullptr);
    EXPECT_EQ(policy::trusted_browsers::first_out_of_range(defaults.trust), nullptr);
    EXPECT_EQ(policy::throttle::first_out_of_range(defaults.tries), nullptr);
}

/// The rows of the table: key, default, range, words; without the back quotes.
std::vector<std::vector<std::string>> documented()
{
    std::ifstream in(SALLYPORT_SOURCE_FOLDER "/docs/operating/configuration.md");
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with("| `")) continue;
        std::vector<std::string> cells;
        std::istringstream split(line.substr(2));
        for (std::string cell; std::getline(split, cell, '|');) {
            while (cell.ends_with(' ')) cell.pop_back();
            while (cell.starts_with(' ')) cell.erase(0, 1);
            cells.push_back(cell);
        }
        rows.push_back(cells);
    }
    return rows;
}

TEST(Config, ThePageOfItsKeysIsTrue)
{
    const auto keys = config_keys();
    const auto rows = documented();
    ASSERT_EQ(rows.size(), keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        ASSERT_GE(rows[i].size(), 4U);
        EXPECT_EQ(rows[i][0], "`" + keys[i].path + "`");
        if (!keys[i].value.empty()) EXPECT_EQ(rows[i][1], "`" + keys[i].value + "`") << keys[i].path;
        if (keys[i].value.empty()) EXPECT_FALSE(rows[i][1].starts_with('`')) << keys[i].path;
        std::string range;
        for (const char c : rows[i][2])
            if (c != '`') range += c;
        if (!keys[i].range.empty()) EXPECT_EQ(range, keys[i].range) << keys[i].path;
        EXPECT_FALSE(rows[i][3].empty()) << keys[i].path;
    }
}

}  // namespace
}  // namespace sallyport::app
