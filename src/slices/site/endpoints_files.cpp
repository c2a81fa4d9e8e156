#include "proof/passkeys.h"
#include "slices/site/endpoints_parts.h"
#include "slices/site/openapi.h"

namespace sallyport::site {

namespace {

/// How long the word of /.well-known/security.txt is good for (RFC 9116 section 2.5.5: less than a year).
constexpr std::chrono::days security_text_life{180};
constexpr std::string_view an_hour = "public, max-age=3600";

http::Response file(std::string_view type, std::string body)
{
    http::Response response;
    response.add("Content-Type", std::string(type));
    response.add("Cache-Control", std::string(an_hour));
    response.body = std::move(body);
    return response;
}

/// RFC 9309. Search engines get the home page and the page about us, nothing else.
constexpr std::string_view robots = "User-agent: *\nAllow: /$\nAllow: /about$\nDisallow: /\n";

std::string two(unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); }

/// RFC 9116.
std::string security_text(const proof::Brand& brand, Instant now)
{
    const auto expires = std::chrono::floor<std::chrono::days>(now) + security_text_life;
    const std::chrono::year_month_day day(expires);
    const std::string contact =
        brand.support_address.empty() ? brand.origin + "/about" : "mailto:" + brand.support_address;
    return "Contact: " + contact + "\nExpires: " + std::to_string(static_cast<int>(day.year())) + "-" +
           two(static_cast<unsigned>(day.month())) + "-" + two(static_cast<unsigned>(day.day())) +
           "T00:00:00Z\nPreferred-Languages: en, ar\nCanonical: " + brand.origin +
           "/.well-known/security.txt\n";
}

std::string quoted(const std::string& origin) { return '"' + origin + '"'; }

/// WebAuthn level 3, section 5.11.
std::string related_origins(const proof::Brand& brand)
{
    std::string list;
    for (const std::string& origin : proof::passkey_origins(brand))
        list.append(list.empty() ? "" : ",").append(quoted(origin));
    return "{\"origins\":[" + list + "]}";
}

/// W3C, "A Well-Known URL for Relying Party Passkey Endpoints": one page makes and manages them.
std::string passkey_endpoints(const proof::World& world)
{
    if (!world.methods.passkey) return "{}";
    const std::string page = quoted(world.brand.origin + "/account/passkeys");
    return "{\"enroll\":" + page + ",\"manage\":" + page + "}";
}

}  // namespace

void add_file_routes(http::Router& router, const Site& site)
{
    add_quick(router, http::Method::get, "/robots.txt",
              [](const http::Request&) { return file("text/plain; charset=utf-8", std::string(robots)); });
    const proof::World& world = site.access.world();
    add_quick(router, http::Method::get, "/.well-known/security.txt", [&world](const http::Request&) {
        return file("text/plain; charset=utf-8", security_text(world.brand, world.clock.now()));
    });
    add_quick(router, http::Method::get, "/.well-known/webauthn", [&world](const http::Request&) {
        return file("application/json", related_origins(world.brand));
    });
    add_quick(router, http::Method::get, "/.well-known/passkey-endpoints",
              [&world](const http::Request&) { return file("application/json", passkey_endpoints(world)); });
    const crypto::JwsSigner& signer = site.signer;
    add_quick(router, http::Method::get, "/.well-known/jwks.json", [&signer](const http::Request&) {
        http::Response keys = file("application/jwk-set+json", signer.jwks());
        keys.set("Cache-Control", "public, max-age=300");  // a new key is there before it signs
        return keys;
    });
    auto channels = official_channels(site.channels, world.brand.origin, signer);
    add_quick(router, http::Method::get, "/.well-known/official-channels",
              [channels = std::move(channels)](const http::Request&) {
                  return file("application/json", channels);
              });
    add_quick(router, http::Method::get, "/openapi.yaml",
              [](const http::Request&) { return file("application/yaml", std::string(openapi_text())); });
}

}  // namespace sallyport::site
