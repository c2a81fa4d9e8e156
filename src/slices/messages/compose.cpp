#include "slices/messages/compose.h"

#include "base/check.h"
#include "base/text.h"
#include "slices/messages/mime.h"

#include <algorithm>
#include <array>

namespace sallyport::messages {

namespace {

constexpr std::size_t host_characters_max = 253;
constexpr std::size_t language_characters_max = 35;

bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_host(std::string_view host)
{
    return !host.empty() && host.size() <= host_characters_max && !host.starts_with('.') &&
           !host.ends_with('.') && host.find("..") == std::string_view::npos &&
           std::ranges::all_of(host, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-'; });
}

bool is_language(std::string_view language)
{
    return !language.empty() && language.size() <= language_characters_max &&
           std::ranges::all_of(language, [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

std::string digits(std::int64_t number, std::size_t width)
{
    std::string out = std::to_string(number);
    return out.size() < width ? std::string(width - out.size(), '0') + out : out;
}

void append_header(std::string& out, std::string_view name, std::string_view value)
{
    out.append(name).append(": ").append(value).append("\r\n");
}

void append_part(std::string& out, std::string_view boundary, std::string_view type, std::string_view text)
{
    CHECK(is_valid_text(text));
    const EncodedBody encoded = encode_body(text);
    const bool quoted = encoded.encoding == TransferEncoding::quoted_printable;
    out.append("--").append(boundary).append("\r\n");
    append_header(out, "Content-Type", std::string(type) + "; charset=utf-8");
    append_header(out, "Content-Transfer-Encoding", quoted ? "quoted-printable" : "base64");
    out.append("\r\n").append(encoded.body).append("\r\n");
}

/// What tells this message from every other, in its Message-ID and its boundary.
std::string name_of(const MailParts& parts)
{
    CHECK(std::ranges::all_of(parts.number, [](char c) { return is_letter_or_digit(c) || c == '-'; }));
    return parts.number.empty() ? parts.id.text() : parts.number;
}

/// Of another domain it would not be aligned (RFC 7489 section 3.1.2); that is the operator's choice.
std::string envelope_from(const Sender& sender, const MailParts& parts)
{
    if (!sender.bounces || !sender.tags || !parts.serial) return sender.address.address();
    return crypto::tagged_address(sender.bounces->address(), sender.tags->make(*parts.serial));
}

}  // namespace

std::string message_id(const MailParts& parts, std::string_view message_host)
{
    CHECK(is_host(message_host));
    return "<" + name_of(parts) + "@" + std::string(message_host) + ">";
}

std::string mail_date(Instant at)
{
    static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
    std::string out = days[std::chrono::weekday(day).c_encoding()];
    out.append(", ").append(digits(unsigned{date.day()}, 2)).append(" ");
    out.append(months[unsigned{date.month()} - 1]).append(" ").append(digits(int{date.year()}, 4));
    out.append(" ")
        .append(digits(time.hours().count(), 2))
        .append(":")
        .append(digits(time.minutes().count(), 2));
    return out.append(":").append(digits(time.seconds().count(), 2)).append(" +0000");
}

ports::OutgoingMail compose(const Sender& sender, MailParts parts)
{
    CHECK(is_language(parts.language));
    ports::OutgoingMail mail;
    mail.envelope_from = envelope_from(sender, parts);
    mail.envelope_to = parts.to.address();
    mail.message_id = message_id(parts, sender.message_host);
    // "=_" stands in no quoted-printable or base64 body (RFC 2045 section 6.7), so no body can hold the
    // boundary.
    const std::string boundary = "=_" + name_of(parts);

    std::string& raw = mail.raw;
    append_header(raw, "Date", mail_date(parts.date));
    append_header(raw, "From", header_phrase(sender.name, 6) + "\r\n <" + sender.address.address() + ">");
    append_header(raw, "To", "<" + parts.to.address() + ">");
    append_header(raw, "Subject", header_text(parts.subject, 9));
    append_header(raw, "Message-ID", mail.message_id);
    append_header(raw, "MIME-Version", "1.0");
    append_header(raw, "Auto-Submitted", "auto-generated");  // RFC 3834: nobody's holiday notice answers it
    append_header(raw, "Content-Language", parts.language);
    append_header(raw, "Content-Type", "multipart/alternative;\r\n boundary=\"" + boundary + "\"");
    raw += "\r\n";
    append_part(raw, boundary, "text/plain", parts.text);
    append_part(raw, boundary, "text/html", parts.html);
    raw.append("--").append(boundary).append("--\r\n");
    if (sender.dkim) raw.insert(0, sender.dkim->signatures(raw, parts.date));

    mail.subject = std::move(parts.subject);
    mail.text = std::move(parts.text);
    mail.html = std::move(parts.html);
    return mail;
}

}  // namespace sallyport::messages
