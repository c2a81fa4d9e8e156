#pragma once
// The app behind the proxy: one path prefix of our own origin, trusted like ourselves (policy.md, "Places
// where others were fooled"). Every other app has to use OpenID Connect.
#include <string>
#include <string_view>

namespace sallyport::session_check {

/// Whether the URI that the person asked the proxy for (path and query, as sent) is the app's. `prefix`
/// begins and ends with a slash. A path that a proxy or an app might read as another one (dots, double
/// slashes, backslashes, encoded ones of these) is not.
bool is_app_uri(std::string_view uri, std::string_view prefix);

/// The path of the URI without its query: where to go after signing in.
std::string_view path_of(std::string_view uri) noexcept;

}  // namespace sallyport::session_check
