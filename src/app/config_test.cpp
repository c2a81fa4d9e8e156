#include "app/config.h"

#include <gtest/gtest.h>

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
             Row{"[mail]\nrelay_tls = \"requried\"\n", 2,
                 "mail.relay_tls is \"requried\"; did you mean \"required\"?"},
             Row{"[listen]\ntrusted_proxies = \"10.0.0.1\"\n", 2,
                 "listen.trusted_proxies must be a list of texts, like [\"a\", \"b\"]"},
             Row{"[public]\nurl = \"https://a.example/path\"\n", 0,
                 "public.url must be an origin such as https://accounts.example, without a path"},
             Row{"[sessions]\nidle_seconds = 3600\noverall_seconds = 900\n", 0,
                 "sessions.idle_seconds must not be longer than sessions.overall_seconds"},
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

}  // namespace
}  // namespace sallyport::app
