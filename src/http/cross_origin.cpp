#include "http/cross_origin.h"

#include "http/forms.h"

#include <algorithm>

namespace sallyport::http {

namespace {

bool same_ignoring_case(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

bool is_from_ourselves(const Request& request, std::string_view host)
{
    if (request.method == Method::get || request.method == Method::head) return true;
    unsigned sites = 0;
    unsigned origins = 0;
    for (const auto& [name, value] : request.headers) {
        sites += name == "sec-fetch-site" ? 1U : 0U;
        origins += name == "origin" ? 1U : 0U;
    }
    if (sites > 1 || origins > 1) return false;
    if (sites == 1) return request.header("sec-fetch-site") == "same-origin";
    if (origins == 1) {
        const std::string_view scheme = request.secure ? "https://" : "http://";
        const std::string_view origin = request.header("origin");
        return origin.starts_with(scheme) && same_ignoring_case(origin.substr(scheme.size()), host);
    }
    return media_type(request.header("content-type")) == "application/json";
}

}  // namespace sallyport::http
