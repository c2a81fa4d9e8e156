#include "http/router.h"

#include "base/check.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace sallyport::http {

namespace {

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept
    {
        return std::hash<std::string_view>{}(text);
    }
};

struct NamedMethod {
    Method method;
    std::string_view name;
};
constexpr std::array<NamedMethod, 6> named_methods{{{Method::get, "GET"},
                                                    {Method::head, "HEAD"},
                                                    {Method::post, "POST"},
                                                    {Method::put, "PUT"},
                                                    {Method::patch, "PATCH"},
                                                    {Method::del, "DELETE"}}};

/// Takes the first segment off "/a/b": gives "a" and leaves "/b".
std::string_view take_segment(std::string_view& path)
{
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(end);
    return segment;
}

bool is_part(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

bool matches(std::string_view pattern, std::string_view path)
{
    while (pattern.starts_with('/') && path.starts_with('/')) {
        const std::string_view wanted = take_segment(pattern);
        const std::string_view given = take_segment(path);
        if (is_part(wanted) ? given.empty() : wanted != given) return false;
    }
    return pattern.empty() && path.empty();
}

std::vector<std::string> captures_of(std::string_view pattern, std::string_view path)
{
    std::vector<std::string> captures;
    while (pattern.starts_with('/') && path.starts_with('/')) {
        const std::string_view wanted = take_segment(pattern);
        const std::string_view given = take_segment(path);
        if (is_part(wanted)) captures.emplace_back(given);
    }
    return captures;
}

}  // namespace

struct Router::State {
    std::vector<Route> routes;  // indexed by the tables below
    std::unordered_map<std::string, std::vector<std::size_t>, TextHash, std::equal_to<>> exact;
    std::vector<std::size_t> with_parts;

    [[nodiscard]] const Route* choose(std::span<const std::size_t> candidates, std::optional<Method> method,
                                      std::string_view path, Door door, std::array<bool, 6>& served) const
    {
        const Route* get = nullptr;
        for (const std::size_t index : candidates) {
            const Route& route = routes[index];
            if (route.options.door != Door::both && route.options.door != door) continue;
            if (!path.empty() && !matches(route.pattern, path)) continue;
            if (route.method == method) return &route;
            served[static_cast<std::size_t>(route.method)] = true;
            if (route.method == Method::get) get = get == nullptr ? &route : get;
        }
        return method == Method::head ? get : nullptr;
    }
};

Router::Router() : m_state(std::make_unique<State>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Method method, std::string pattern, Handler handler, RouteOptions options)
{
    CHECK(pattern.starts_with('/'));
    for (const Route& route : m_state->routes) {
        const bool same_door = route.options.door == options.door || route.options.door == Door::both ||
                               options.door == Door::both;
        CHECK(!(same_door && route.method == method && route.pattern == pattern));
    }
    const std::size_t index = m_state->routes.size();
    if (pattern.find('{') == std::string::npos)
        m_state->exact[pattern].push_back(index);
    else
        m_state->with_parts.push_back(index);
    m_state->routes.push_back({method, std::move(pattern), std::move(handler), std::move(options)});
}

std::span<const Router::Route> Router::routes() const noexcept { return m_state->routes; }

Router::Match Router::match(std::optional<Method> method, std::string_view path, Door door) const
{
    Match match;
    std::array<bool, 6> served{};
    if (const auto found = m_state->exact.find(path); found != m_state->exact.end()) {
        match.route = m_state->choose(found->second, method, {}, door, served);
    }
    if (match.route == nullptr && !path.empty()) {
        match.route = m_state->choose(m_state->with_parts, method, path, door, served);
        if (match.route != nullptr) match.captures = captures_of(match.route->pattern, path);
    }
    match.path_known = match.route != nullptr || std::ranges::find(served, true) != served.end();
    if (match.route != nullptr || !match.path_known) return match;
    if (served[static_cast<std::size_t>(Method::get)]) served[static_cast<std::size_t>(Method::head)] = true;
    for (const NamedMethod& named : named_methods) {
        if (!served[static_cast<std::size_t>(named.method)]) continue;
        if (!match.allow.empty()) match.allow += ", ";
        match.allow += named.name;
    }
    return match;
}

}  // namespace sallyport::http
