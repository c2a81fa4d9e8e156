#include "slices/session_check/app_path.h"

#include <gtest/gtest.h>

namespace sallyport::session_check {
namespace {

TEST(AppPath, IsTheConfiguredPrefixAlone)
{
    const struct {
        std::string_view uri;
        bool served;
    } table[] = {
        {"/app/", true},
        {"/app/orders?page=2", true},
        {"/app/orders/%C3%A9", true},
        {"/app/a?next=//evil.example/..", true},  // a query changes no path
        {"/app", false},
        {"/", false},
        {"", false},
        {"/application/", false},
        {"/account", false},
        {"/app/../account", false},
        {"/app/./x", false},
        {"/app//x", false},
        {"/app/%2e%2e/account", false},
        {"/app/%2E%2E/account", false},
        {"/app/%2fx", false},
        {"/app/%5c..", false},
        {"/app/%252e", false},
        {"/app/x%00", false},
        {"/app/\\x", false},
        {"/app/a b", false},
        {"//evil.example/app/", false},
        {"https://evil.example/app/", false},
    };
    for (const auto& row : table) EXPECT_EQ(is_app_uri(row.uri, "/app/"), row.served) << row.uri;
}

TEST(AppPath, EndsBeforeTheQuery)
{
    EXPECT_EQ(path_of("/app/x?a=b"), "/app/x");
    EXPECT_EQ(path_of("/app/x#a"), "/app/x");
    EXPECT_EQ(path_of("/app/x"), "/app/x");
}

}  // namespace
}  // namespace sallyport::session_check
