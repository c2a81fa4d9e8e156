#include "render/assets.h"
#include "slices/site/endpoints_parts.h"

namespace sallyport::site {

namespace {

constexpr std::string_view for_ever = "public, max-age=31536000, immutable";
constexpr std::string_view ask_again = "no-cache";

std::string_view trim(std::string_view text)
{
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

/// The next part of a list with commas (RFC 9110 section 5.6.1); takes it off `rest`.
std::string_view next_of(std::string_view& rest)
{
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view part = trim(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    return part;
}

bool is_zero(std::string_view quality) { return quality.find_first_not_of("0.") == std::string_view::npos; }

/// Whether Accept-Encoding names this coding with a quality above zero (RFC 9110 section 12.5.3). A wildcard
/// is passed over: uncompressed is always right.
bool accepts(std::string_view header, std::string_view coding)
{
    while (!header.empty()) {
        std::string_view part = next_of(header);
        const std::size_t semicolon = part.find(';');
        const std::string_view name = trim(part.substr(0, semicolon));
        if (name != coding) continue;
        if (semicolon == std::string_view::npos) return true;
        const std::string_view parameter = trim(part.substr(semicolon + 1));
        return !(parameter.starts_with("q=") && is_zero(parameter.substr(2)));
    }
    return false;
}

/// If-None-Match (RFC 9110 section 13.1.2), compared weakly.
bool has_tag(std::string_view header, std::string_view etag)
{
    while (!header.empty()) {
        std::string_view tag = next_of(header);
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag == etag || tag == "*") return true;
    }
    return false;
}

/// Each coding is bytes of its own, and so has a tag of its own.
std::string tag_of(const render::Asset& asset, std::string_view coding)
{
    std::string tag(asset.etag);
    if (!coding.empty()) tag.insert(tag.size() - 1, "-" + std::string(coding));
    return tag;
}

http::Response serve(const render::Asset& asset, const http::Request& request)
{
    std::string_view coding;
    std::string_view bytes = asset.raw;
    const std::string_view accepted = request.header("accept-encoding");
    if (!asset.brotli.empty() && accepts(accepted, "br")) {
        coding = "br";
        bytes = asset.brotli;
    } else if (!asset.gzip.empty() && accepts(accepted, "gzip")) {
        coding = "gzip";
        bytes = asset.gzip;
    }
    const std::string etag = tag_of(asset, coding);
    http::Response response;
    response.add("Content-Type", std::string(asset.type));
    response.add("Cache-Control", std::string(asset.immutable() ? for_ever : ask_again));
    response.add("ETag", etag);
    if (!asset.gzip.empty()) response.add("Vary", "Accept-Encoding");
    if (has_tag(request.header("if-none-match"), etag)) {
        response.status = 304;
        return response;
    }
    if (!coding.empty()) response.add("Content-Encoding", std::string(coding));
    response.body = bytes;
    return response;
}

}  // namespace

void add_asset_routes(http::Router& router)
{
    for (const render::Asset& asset : render::all_assets()) {
        add_quick(router, http::Method::get, std::string(asset.path),
                  [&asset](const http::Request& request) { return serve(asset, request); });
    }
}

}  // namespace sallyport::site
