#include "http/router.h"

#include "base/check.h"

#include <gtest/gtest.h>

namespace sallyport::http {
namespace {

Router example()
{
    Router router;
    router.add(Method::get, "/", nullptr);
    router.add(Method::get, "/sign-in", nullptr);
    router.add(Method::post, "/sign-in", nullptr);
    router.add(Method::post, "/account/sessions/{id}/end", nullptr);
    router.add(Method::post, "/account/sessions/others/end", nullptr);
    router.add(Method::get, "/help/{area}/{page}", nullptr);
    router.add(Method::get, "/metrics", nullptr, {.door = Door::private_door});
    router.add(Method::get, "/healthz", nullptr, {.door = Door::both});
    return router;
}

struct Case {
    std::optional<Method> method;
    std::string path;
    Door door;
    std::string pattern;  // empty: no route
    std::vector<std::string> captures;
    bool path_known;
    std::string allow;
};

TEST(Router, MatchesByMethodPathAndDoor)
{
    const Router router = example();
    const auto in = Door::public_door;
    const std::vector<Case> cases{
        {Method::get, "/", in, "/", {}, true, ""},
        {Method::get, "", in, "", {}, false, ""},
        {Method::get, "//", in, "", {}, false, ""},
        {Method::get, "/sign-in", in, "/sign-in", {}, true, ""},
        {Method::head, "/sign-in", in, "/sign-in", {}, true, ""},
        {Method::get, "/sign-in/", in, "", {}, false, ""},
        {Method::get, "/Sign-in", in, "", {}, false, ""},
        {Method::put, "/sign-in", in, "", {}, true, "GET, HEAD, POST"},
        {std::nullopt, "/sign-in", in, "", {}, true, "GET, HEAD, POST"},
        {std::nullopt, "/nothing", in, "", {}, false, ""},
        {Method::head, "/account/sessions/7/end", in, "", {}, true, "POST"},
        {Method::post, "/account/sessions/7/end", in, "/account/sessions/{id}/end", {"7"}, true, ""},
        {Method::post, "/account/sessions/others/end", in, "/account/sessions/others/end", {}, true, ""},
        {Method::post, "/account/sessions//end", in, "", {}, false, ""},
        {Method::get, "/help/a/b", in, "/help/{area}/{page}", {"a", "b"}, true, ""},
        {Method::get, "/help/a", in, "", {}, false, ""},
        {Method::get, "/help/a/b/c", in, "", {}, false, ""},
        {Method::get, "/metrics", in, "", {}, false, ""},
        {Method::get, "/metrics", Door::private_door, "/metrics", {}, true, ""},
        {Method::get, "/healthz", in, "/healthz", {}, true, ""},
        {Method::get, "/healthz", Door::private_door, "/healthz", {}, true, ""},
        {Method::get, "/sign-in", Door::private_door, "", {}, false, ""},
    };
    for (const Case& c : cases) {
        const auto match = router.match(c.method, c.path, c.door);
        EXPECT_EQ(match.route == nullptr ? "" : match.route->pattern, c.pattern) << c.path;
        EXPECT_EQ(match.captures, c.captures) << c.path;
        EXPECT_EQ(match.path_known, c.path_known) << c.path;
        EXPECT_EQ(match.allow, c.allow) << c.path;
    }
}

TEST(Router, RefusesTheSamePatternTwice)
{
    Router router = example();
    EXPECT_THROW(router.add(Method::get, "/sign-in", nullptr), ProgrammingError);
    EXPECT_THROW(router.add(Method::get, "/healthz", nullptr), ProgrammingError);
    EXPECT_NO_THROW(router.add(Method::get, "/metrics", nullptr));
    EXPECT_THROW(router.add(Method::get, "no-slash", nullptr), ProgrammingError);
}

}  // namespace
}  // namespace sallyport::http
