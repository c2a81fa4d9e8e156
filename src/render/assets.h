#pragma once
// Styles, scripts and icons, in the binary. Their names hold a hash of their content, so they are kept for
// ever
// ("Cache-Control: public, max-age=31536000, immutable").
#include <span>
#include <string_view>

namespace sallyport::render {

struct Asset {
    std::string_view path;  // "/a/forms.0123456789abcdef.css"
    std::string_view type;  // Content-Type
    std::string_view etag;  // with its quotes
    std::string_view raw;
    std::string_view gzip;  // empty where compressing says nothing (PNG)
    std::string_view brotli;
    /// False for the few whose name is fixed by a standard (/sw.js, /favicon.ico): those are revalidated.
    [[nodiscard]] bool immutable() const noexcept { return path.starts_with("/a/"); }
};

/// All of them: http adds one route for each or asks find_asset.
std::span<const Asset> all_assets();
/// The asset at exactly this path; null where there is none.
const Asset* find_asset(std::string_view path);
/// The path of a name in web/styles, web/scripts or web/icons ("forms.css"); a name that there is not is our
/// bug. Templates write {{ asset "forms.css" }}, which is checked by the build.
std::string_view asset_path(std::string_view name);

}  // namespace sallyport::render
