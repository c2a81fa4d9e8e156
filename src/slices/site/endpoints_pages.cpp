#include "http/pages.h"
#include "slices/site/endpoints_parts.h"

#include "render/messages.h"
#include "views/about.h"
#include "views/home.h"
#include "views/languages.h"

#include <array>

namespace sallyport::site {

namespace {

using render::Language;
using render::Msg;

constexpr std::array offered{Language::en, Language::ar};
constexpr std::chrono::seconds language_life = std::chrono::hours{24 * 400};

bool is_signed_in(const access::Access& access, const http::Request& request)
{
    const auto hash = access.cookie_hash(request, access::session_cookie);
    return hash && access.sessions().find_quickly(*hash);
}

http::Response home(const access::Access& access, const http::Request& request)
{
    views::Home view;
    view.signed_in = is_signed_in(access, request);
    return http::respond(request, access.page(request), view);
}

http::Response about(const Site& site, const http::Request& request)
{
    const proof::Brand& brand = site.access.world().brand;
    views::About view;
    view.origin = brand.origin;
    view.sender = site.sender;
    if (!brand.support_address.empty()) view.support = brand.support_address;
    for (const std::string& phone : site.channels.phones) view.phones.push_back({phone});
    return http::respond(request, site.access.page(request), view);
}

/// Where the person came from; home where that is nothing of ours.
std::string way_back(std::string_view from)
{
    const std::string safe = access::safe_path(from);
    return safe == from ? safe : "/";
}

http::Response languages(const access::Access& access, const http::Request& request, std::string_view from,
                         bool wrong)
{
    views::Languages view;
    view.from = way_back(from);
    const Language chosen = access.language(request);
    for (const Language language : offered) {
        view.languages.push_back(
            {std::string(render::tag(language)), std::string(render::direction(language)),
             std::string(render::plain_text(language, Msg::site_own_name)), language == chosen});
    }
    if (wrong) view.problems.add("", Msg::site_language_unknown);
    return http::respond(request, access.page(request), view, wrong ? 422 : 200);
}

http::Response choose_language(const access::Access& access, const http::Request& request)
{
    const std::string_view from = request.form.get("from");
    const auto language = render::language_of(request.form.get("lang"));
    if (!language) return languages(access, request, from, true);
    http::Response response = http::see_other(request, way_back(from));
    response.add("Set-Cookie",
                 http::set_cookie_header(access::language_cookie, render::tag(*language), language_life));
    return response;
}

}  // namespace

void add_page_routes(http::Router& router, const Site& site)
{
    const access::Access& access = site.access;
    add_quick(router, http::Method::get, "/",
              [&access](const http::Request& request) { return home(access, request); });
    add_quick(router, http::Method::get, "/about",
              [site](const http::Request& request) { return about(site, request); });
    add_quick(router, http::Method::get, "/language", [&access](const http::Request& request) {
        return languages(access, request, request.query.get("from"), false);
    });
    add_quick(router, http::Method::post, "/language",
              [&access](const http::Request& request) { return choose_language(access, request); });
}

}  // namespace sallyport::site
