#include "slices/session_check/session_json.h"

#include "policy/level.h"
#include "proof/open_session.h"

#include <algorithm>
#include <array>
#include <span>

namespace sallyport::session_check {

namespace {

using policy::Method;

constexpr std::size_t json_bytes = 336;  // more than any of them: one allocation
std::string_view name_of(Method method) noexcept
{
    switch (method) {
    case Method::password: return "password";
    case Method::totp: return "totp";
    case Method::recovery_code: return "recovery_code";
    case Method::email_code: return "email_code";
    case Method::sms_code: return "sms_code";
    case Method::passkey: return "passkey";
    case Method::bound_passkey: return "bound_passkey";
    case Method::touched_key: return "touched_key";
    }
    return {};
}

/// Decimal digits with leading zeros, into exactly `out`.
void write_digits(std::span<char> out, std::int64_t number)
{
    for (std::size_t i = out.size(); i > 0; --i) {
        out[i - 1] = static_cast<char>('0' + number % 10);
        number /= 10;
    }
}

/// RFC 3339 section 5.6: "2026-11-22T10:47:00Z", in quotes.
void append_time(std::string& out, Instant at)
{
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
    std::array<char, 20> text{'0', '0', '0', '0', '-', '0', '0', '-', '0', '0',
                              'T', '0', '0', ':', '0', '0', ':', '0', '0', 'Z'};
    const std::span digits(text);
    write_digits(digits.subspan<0, 4>(), static_cast<int>(date.year()));
    write_digits(digits.subspan<5, 2>(), static_cast<unsigned>(date.month()));
    write_digits(digits.subspan<8, 2>(), static_cast<unsigned>(date.day()));
    write_digits(digits.subspan<11, 2>(), time.hours().count());
    write_digits(digits.subspan<14, 2>(), time.minutes().count());
    write_digits(digits.subspan<17, 2>(), time.seconds().count());
    out.append("\"").append(text.data(), text.size()).append("\"");
}

void append_moment(std::string& out, std::string_view name, Instant at)
{
    out.append(",\"").append(name).append("\":");
    append_time(out, at);
}

}  // namespace

std::string_view level_name(std::int64_t level) noexcept
{
    if (level >= 3) return "aal3";
    return level == 2 ? "aal2" : "aal1";
}

std::string session_json(const SessionFacts& facts)
{
    std::string out;
    out.reserve(json_bytes);
    out += "{\"account\":\"";
    out.append(facts.account.text())
        .append("\",\"level\":\"")
        .append(level_name(facts.level))
        .append("\",\"factors\":[");
    const policy::Methods methods = proof::methods_of(facts.methods);
    bool first = true;
    for (const Method method : policy::every_method) {
        if (!methods.has(method)) continue;
        out.append(std::exchange(first, false) ? "\"" : ",\"").append(name_of(method)).append("\"");
    }
    out += ']';
    append_moment(out, "signed_in_at", facts.signed_in_at);
    append_moment(out, "last_seen_at", facts.last_seen_at);
    append_moment(out, "ends_at", facts.ends_at);
    out += '}';
    return out;
}

std::string holds_json(const std::vector<HoldFacts>& holds)
{
    std::string out = "{\"held_until\":";
    if (holds.empty()) return out + "null,\"reasons\":[]}";
    append_time(out, std::ranges::max(holds, {}, &HoldFacts::until).until);
    out += ",\"reasons\":[";
    for (const HoldFacts& hold : holds) {
        if (&hold != &holds.front()) out += ',';
        out.append("{\"reason\":\"").append(hold.reason).append("\"");
        append_moment(out, "until", hold.until);
        out += '}';
    }
    return out + "]}";
}

}  // namespace sallyport::session_check
