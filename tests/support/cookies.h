#pragma once
// What addresses set in cookies and are sent in them, besides the session (signed_in.h), and what every
// address of a room is asked the same way.
#include "support/signed_in.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sallyport::test {

/// A cookie of ours that the answer sets; nothing where it sets none, "" where it takes it away.
inline std::optional<std::string> set_cookie(const http::Response& response, const std::string& name)
{
    for (const auto& [header, value] : response.headers)
        if (header == "Set-Cookie" && value.starts_with("__Host-" + name + "="))
            return value.substr(0, value.find(';')).substr(name.size() + 8);
    return std::nullopt;
}

/// The browser's cookies besides the session, which is nobody's.
inline void wear(Doors& doors, const std::vector<std::pair<std::string, std::string>>& cookies)
{
    doors.cookie = "none";
    for (const auto& [name, value] : cookies) doors.cookie += "; __Host-" + name + "=" + value;
}

/// Each path that takes a POST takes a GET or leads away from it (ux.md, R3), and nothing but those; every
/// other method is refused with what is taken.
inline void expect_methods(const http::Router& router)
{
    for (const auto& route : router.routes()) {
        for (const auto other : {http::Method::put, http::Method::patch, http::Method::del}) {
            const auto match = router.match(other, route.pattern, http::Door::public_door);
            EXPECT_EQ(match.route, nullptr) << route.pattern;
            EXPECT_TRUE(match.path_known) << route.pattern;
            EXPECT_NE(match.allow.find(route.method == http::Method::post ? "POST" : "GET"),
                      std::string::npos)
                << route.pattern << ": " << match.allow;
        }
    }
}

/// No page may be kept by a cache: nothing here says otherwise than the server's no-store.
inline void expect_not_kept(const http::Response& response)
{
    EXPECT_EQ(header_of(response, "Cache-Control"), "");
    EXPECT_EQ(header_of(response, "ETag"), "");
}

}  // namespace sallyport::test
