#include "http/response_writer.h"

#include "base/check.h"
#include "http/problem.h"

#include <algorithm>
#include <array>

namespace sallyport::http {

namespace {

constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types app";
constexpr std::string_view permissions_policy =
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), "
    "geolocation=(), "
    "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), "
    "publickey-credentials-create=(self), publickey-credentials-get=(self), screen-wake-lock=(), usb=(), "
    "xr-spatial-tracking=()";
constexpr std::string_view strict_transport_security =
    "Strict-Transport-Security: max-age=63072000\r\n";  // two years

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && std::ranges::equal(a, b, {}, lower, lower);
}

bool is_name(std::string_view name)
{
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
}

bool is_value(std::string_view value)
{
    return std::ranges::none_of(value, [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; });
}

void append_line(std::string& out, std::string_view name, std::string_view value)
{
    out.append(name).append(": ").append(value).append("\r\n");
}

void append_number(std::string& out, std::size_t number)
{
    std::array<char, 20> digits{};
    std::size_t at = digits.size();
    do {
        digits[--at] = static_cast<char>('0' + number % 10);
        number /= 10;
    } while (number != 0);
    out.append(digits.data() + at, digits.size() - at);
}

}  // namespace

ResponseWriter::ResponseWriter(std::string_view report_path)
{
    std::string policy(content_security_policy);
    if (!report_path.empty()) policy.append("; report-to csp");
    m_defaults = {{"Content-Security-Policy", std::move(policy)},
                  {"Cross-Origin-Opener-Policy", "same-origin"},
                  {"Cross-Origin-Resource-Policy", "same-origin"},
                  {"Referrer-Policy", "same-origin"},
                  {"X-Content-Type-Options", "nosniff"},
                  {"Permissions-Policy", std::string(permissions_policy)},
                  {"Cache-Control", "no-store"}};
    if (!report_path.empty())
        m_defaults.emplace_back("Reporting-Endpoints", "csp=\"" + std::string(report_path) + "\"");
    for (const auto& [name, value] : m_defaults) append_line(m_all_defaults, name, value);
}

void ResponseWriter::append(std::string& out, const Response& response, const WriteFacts& facts) const
{
    bool overrides = false;
    for (const auto& [name, value] : response.headers) {
        CHECK(is_name(name) && is_value(value));
        overrides = overrides ||
                    std::ranges::any_of(m_defaults, [&](const auto& d) { return same_name(d.first, name); });
    }
    CHECK(response.status >= 200 && response.status <= 599);
    out.append("HTTP/1.1 ");
    append_number(out, response.status);
    out.append(" ").append(reason_phrase(response.status)).append("\r\n");
    append_line(out, "Date", facts.date);
    if (!overrides) {
        out.append(m_all_defaults);
    } else {
        for (const auto& [name, value] : m_defaults) {
            const auto same = [&](const auto& header) { return same_name(header.first, name); };
            if (std::ranges::none_of(response.headers, same)) append_line(out, name, value);
        }
    }
    if (facts.secure) out.append(strict_transport_security);
    for (const auto& [name, value] : response.headers) append_line(out, name, value);
    if (!facts.keep_alive)
        out.append("Connection: close\r\n");
    else if (facts.http_1_0)
        out.append("Connection: keep-alive\r\n");
    const bool no_content = response.status == 204 || response.status == 304;
    if (!no_content) {
        out.append("Content-Length: ");
        append_number(out, response.body.size());
        out.append("\r\n");
    }
    out.append("\r\n");
    if (!no_content && !facts.without_body) out.append(response.body);
}

std::string http_date(std::chrono::sys_seconds at)
{
    static constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(at - day);
    const auto two = [](std::string& out, std::int64_t n) {
        out += static_cast<char>('0' + n / 10 % 10);
        out += static_cast<char>('0' + n % 10);
    };
    std::string out(days[std::chrono::weekday(day).c_encoding()]);
    out += ", ";
    two(out, static_cast<unsigned>(date.day()));
    out.append(" ").append(months[static_cast<unsigned>(date.month()) - 1]).append(" ");
    out.append(std::to_string(static_cast<int>(date.year()))).append(" ");
    two(out, time.hours().count());
    out += ':';
    two(out, time.minutes().count());
    out += ':';
    two(out, time.seconds().count());
    return out + " GMT";
}

}  // namespace sallyport::http
