#include "slices/session_check/session_json.h"

#include "policy/level.h"
#include "proof/open_session.h"

#include <array>

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

void append_digits(std::string& out, std::int64_t number, std::size_t width)
{
    std::array<char, 4> digits{};
    for (std::size_t i = width; i > 0; --i) {
        digits[i - 1] = static_cast<char>('0' + number % 10);
        number /= 10;
    }
    out.append(digits.data(), width);
}

/// RFC 3339 section 5.6: "2026-11-22T10:47:00Z".
void append_moment(std::string& out, std::string_view name, Instant at)
{
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
    out.append(",\"").append(name).append("\":\"");
    append_digits(out, static_cast<int>(date.year()), 4);
    out += '-';
    append_digits(out, static_cast<unsigned>(date.month()), 2);
    out += '-';
    append_digits(out, static_cast<unsigned>(date.day()), 2);
    out += 'T';
    append_digits(out, time.hours().count(), 2);
    out += ':';
    append_digits(out, time.minutes().count(), 2);
    out += ':';
    append_digits(out, time.seconds().count(), 2);
    out += "Z\"";
}

void append_uuid(std::string& out, const Uuid& uuid)
{
    constexpr std::string_view digits = "0123456789abcdef";
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
        out += digits[uuid[i] >> 4U];
        out += digits[uuid[i] & 15U];
    }
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
    append_uuid(out, facts.account.value());
    out.append("\",\"level\":\"").append(level_name(facts.level)).append("\",\"factors\":[");
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

}  // namespace sallyport::session_check
