#pragma once
// What may keep a person from signing in, as far as the server sees it (ux.md section 8, without scripts):
// one row a check, and one verdict, the likeliest first.
#include "base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::site {

/// What the server saw of one request.
struct Seen {
    bool service_answers = true;           // the database did
    bool must_be_secure = true;            // the public address is https
    bool secure = false;                   // the person's connection is TLS, by our or the proxy's word
    std::optional<bool> cookies;           // whether a cookie came back; nullopt: not tried
    std::optional<Instant> limited_until;  // this network may not guess before
    bool tells_fetch_metadata = true;      // Sec-Fetch-Site: every browser since 2023
    bool through_relay = false;            // Via: something between that may keep or change pages
    bool signed_in = false;
};

enum class Check : std::uint8_t { service, address, secure, cookies, limit, browser, relay, clock };
enum class State : std::uint8_t { fine, note, problem };
struct Row {
    Check check;
    State state;
    friend bool operator==(const Row&, const Row&) = default;
};

enum class Verdict : std::uint8_t {
    service_down,
    not_secure,
    cookies_blocked,
    limited,
    signed_in,
    nothing_found
};

struct Diagnosis {
    std::vector<Row> rows;
    Verdict verdict;
};
Diagnosis diagnose(const Seen& seen);

/// "192.0.2.x", "2001:db8::x": enough for support to know the network, not the person.
std::string cut_address(std::string_view address);

}  // namespace sallyport::site
