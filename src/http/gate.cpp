#include "http/gate.h"

#include "http/accept.h"
#include "http/cross_origin.h"
#include "http/forms.h"
#include "http/request_target.h"

#include <algorithm>

namespace sallyport::http {

namespace {

constexpr std::size_t target_bytes_max = 8 * 1024;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

Refusal refusal_of(FieldsError error)
{
    switch (error) {
    case FieldsError::malformed: return {400, "malformed_content", {}};
    case FieldsError::not_text: return {400, "not_text", {}};
    case FieldsError::duplicate: return {400, "duplicate_field", {}};
    case FieldsError::too_many: return {400, "too_many_fields", {}};
    case FieldsError::unsupported_type: return {415, "unsupported_type", {}};
    }
    return {400, "malformed_content", {}};
}

}  // namespace

bool Gate::is_allowed(std::string_view host) const noexcept
{
    return std::ranges::any_of(m_options.allowed_hosts, [host](const std::string& allowed) {
        return std::ranges::equal(allowed, host, {}, lower, lower);
    });
}

std::optional<Refusal> Gate::judge_head(RequestReader& reader, const IpAddress& peer, Door door,
                                        const Router::Route*& route) const
{
    Request& request = reader.request();
    request.wants_json = prefers_json(request.header("accept"));
    request.client = client_address(peer, m_options.trusted_proxies, request.headers);
    request.secure = is_forwarded_secure(peer, m_options.trusted_proxies, request.headers);
    request.path.clear();
    request.raw_query.clear();

    if (reader.target().size() > target_bytes_max) return Refusal{414, "target_too_long", {}};
    auto target = parse_request_target(reader.target());
    if (!target) return Refusal{400, "malformed_target", {}};
    request.path = std::move(target->path);
    request.raw_query = target->raw_query;

    const auto hosts =
        std::ranges::count_if(request.headers, [](const auto& header) { return header.first == "host"; });
    const std::string_view host = request.header("host");
    if (hosts != 1) return Refusal{421, "wrong_host", {}};
    if (door == Door::public_door && !is_allowed(host)) return Refusal{421, "wrong_host", {}};
    if (!target->authority.empty() && !std::ranges::equal(target->authority, host, {}, lower, lower)) {
        return Refusal{421, "wrong_host", {}};
    }
    const std::string_view expectation = request.header("expect");
    if (!expectation.empty() &&
        !std::ranges::equal(expectation, std::string_view("100-continue"), {}, lower)) {
        return Refusal{417, "expectation", {}};
    }

    auto match = m_router.match(reader.method_known() ? std::optional(request.method) : std::nullopt,
                                request.path, door);
    if (match.route == nullptr) {
        if (match.path_known) return Refusal{405, "method_not_allowed", std::move(match.allow)};
        return Refusal{404, "not_found", {}};
    }
    request.captures = std::move(match.captures);
    request.route = match.route->pattern;
    if (!is_from_ourselves(request, host)) return Refusal{403, "cross_origin", {}};
    if (!request.raw_query.empty()) {
        auto query = parse_urlencoded(request.raw_query);
        if (!query) return refusal_of(query.error());
        request.query = std::move(*query);
    }
    reader.set_body_bytes_max(match.route->options.body_bytes_max);
    route = match.route;
    return std::nullopt;
}

std::optional<Refusal> Gate::judge_body(RequestReader& reader, const Router::Route& route)
{
    if (reader.body().empty() && !reader.has_body()) {
        // A form without fields is still a form; what names another type is refused even when empty.
        const std::string type = media_type(reader.request().header("content-type"));
        if (type.empty() || type == "application/x-www-form-urlencoded" || type == "application/json")
            return std::nullopt;
        if (reader.request().method == Method::get || reader.request().method == Method::head)
            return std::nullopt;
        return Refusal{415, "unsupported_type", {}};
    }
    const std::string_view content_type = reader.request().header("content-type");
    if (route.options.takes_files && media_type(content_type) == "multipart/form-data") {
        auto parts = parse_multipart(content_type, reader.body());
        if (!parts) return refusal_of(parts.error());
        reader.request().form = std::move(parts->fields);
        reader.request().files = std::move(parts->files);
        return std::nullopt;
    }
    auto form = parse_body(content_type, reader.body());
    if (!form) return refusal_of(form.error());
    reader.request().form = std::move(*form);
    return std::nullopt;
}

}  // namespace sallyport::http
