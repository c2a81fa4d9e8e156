#include "slices/messages/delivery_report.h"

#include "ports/mailer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace sallyport::messages {

namespace {

using policy::deliverability::Status;

constexpr std::size_t fields_max = 100;        // of one header, or one group
constexpr std::size_t value_bytes_max = 2000;  // of one field; the rest is dropped
constexpr std::size_t parts_max = 8;
constexpr std::size_t groups_max = 16;
constexpr std::size_t boundary_bytes_max = 70;  // RFC 2046 section 5.1.1
constexpr std::size_t addresses_max = 4;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

bool is_space(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

/// The next line without its end (LF or CRLF), taken off `text`.
std::string_view take_line(std::string_view& text)
{
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// One header (RFC 5322 section 2.2), or one group of fields of a report.
class Fields {
public:
    /// Takes it off `text`, with the empty line that ends it.
    static Fields take(std::string_view& text)
    {
        Fields fields;
        while (!text.empty()) {
            const std::string_view line = take_line(text);
            if (line.empty()) break;
            fields.add(line);
        }
        return fields;
    }
    /// The first of that name, trimmed; empty where there is none.
    [[nodiscard]] std::string_view get(std::string_view lower_name) const
    {
        for (const auto& [name, value] : m_all)
            if (name == lower_name) return trimmed(value);
        return {};
    }
    [[nodiscard]] bool empty() const { return m_all.empty(); }

private:
    void add(std::string_view line)
    {
        if (is_space(line.front())) {  // folded
            if (!m_all.empty() && !m_full) append(m_all.back().second, line);
            return;
        }
        const std::size_t colon = line.find(':');
        m_full = m_all.size() == fields_max;
        if (m_full || colon == std::string_view::npos || colon > 76) return;
        m_all.emplace_back(lowered(trimmed(line.substr(0, colon))), std::string());
        append(m_all.back().second, line.substr(colon + 1));
    }
    static void append(std::string& value, std::string_view more)
    {
        value.append(more.substr(0, value_bytes_max - std::min(value_bytes_max, value.size())));
    }
    std::vector<std::pair<std::string, std::string>> m_all;
    bool m_full = false;
};

/// A Content-Type (RFC 2045 section 5.1): what stands before the first ";", and one parameter.
std::string media_type_of(std::string_view value)
{
    return lowered(trimmed(value.substr(0, value.find(';'))));
}

/// A token or quoted string at the beginning of `text`, taken off it.
std::string take_value(std::string_view& text)
{
    std::string value;
    if (!text.starts_with('"')) {
        const std::string_view token = text.substr(0, text.find_first_of(" \t;"));
        text.remove_prefix(token.size());
        return std::string(token);
    }
    text.remove_prefix(1);
    while (!text.empty() && text.front() != '"') {
        if (text.front() == '\\' && text.size() > 1) text.remove_prefix(1);
        value += text.front();
        text.remove_prefix(1);
    }
    if (!text.empty()) text.remove_prefix(1);
    return value;
}

std::string parameter_of(std::string_view value, std::string_view lower_name)
{
    std::size_t semicolon = value.find(';');
    while (semicolon != std::string_view::npos) {
        value = trimmed(value.substr(semicolon + 1));
        const std::size_t equals = value.find_first_of("=;");
        if (equals == std::string_view::npos) return {};
        const std::string name = lowered(trimmed(value.substr(0, equals)));
        const bool has_value = value[equals] == '=';
        value = trimmed(value.substr(equals + (has_value ? 1 : 0)));
        if (has_value) {
            std::string found = take_value(value);
            if (name == lower_name) return found;
        }
        semicolon = value.find(';');
    }
    return {};
}

struct Part {
    std::string type;
    std::string_view body;
};

/// The parts between the boundaries (RFC 2046 section 5.1), one level deep.
std::vector<Part> parts_of(std::string_view body, const std::string& boundary)
{
    std::vector<Part> parts;
    const std::string delimiter = "--" + boundary;
    const char* const end = body.data() + body.size();
    const char* begin = nullptr;
    const auto close = [&](const char* before) {
        if (begin == nullptr) return;
        std::string_view part(begin, before);
        const Fields fields = Fields::take(part);
        parts.push_back({media_type_of(fields.get("content-type")), part});
        begin = nullptr;
    };
    while (!body.empty() && parts.size() < parts_max) {
        const std::string_view line = take_line(body);
        if (!line.starts_with(delimiter)) continue;
        const std::string_view rest = trimmed(line.substr(delimiter.size()));
        if (!rest.empty() && rest != "--") continue;
        close(line.data());
        if (!rest.empty()) return parts;
        begin = body.empty() ? nullptr : body.data();
    }
    if (parts.size() < parts_max) close(end);
    return parts;
}

bool is_digits(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "dns;host" and "rfc822; address" begin with a type (RFC 3464 section 2.1.2).
std::string_view after_type(std::string_view value)
{
    const std::size_t semicolon = value.find(';');
    return semicolon == std::string_view::npos ? value : trimmed(value.substr(semicolon + 1));
}

/// RFC 3464 section 2: a group for the message, then one for each recipient. Ours have one: where there are
/// several, it was passed on, and one that got it is enough.
std::optional<Status> failure_in(std::string_view text)
{
    std::optional<Status> failed;
    for (std::size_t i = 0; i < groups_max && !text.empty(); ++i) {
        const Fields group = Fields::take(text);
        const std::string action = lowered(media_type_of(group.get("action")));
        if (action == "delivered" || action == "relayed" || action == "expanded") return std::nullopt;
        if (action != "failed" || failed) continue;
        failed = parse_status(group.get("status"));
        // Some write 5.0.0 there, and what the other server said beside it.
        const Status said = status_in_reply(after_type(group.get("diagnostic-code")));
        if (said.kind != 0 && (failed->kind == 0 || failed->subject == 0)) failed = said;
    }
    return failed;
}

/// RFC 5965 section 3.1 and its registry; "not-spam" and "auth-failure" complain of nothing.
bool is_complaint(const Fields& report)
{
    const std::string type = lowered(report.get("feedback-type"));
    return type == "abuse" || type == "fraud" || type == "virus" || type == "opt-out";
}

void add_address(std::vector<std::string>& addresses, std::string_view value)
{
    value = trimmed(value);
    const std::size_t open = value.rfind('<');
    if (open != std::string_view::npos) value = value.substr(open + 1);
    value = value.substr(0, value.find('>'));
    if (!value.empty() && addresses.size() < addresses_max) addresses.emplace_back(value);
}

}  // namespace

Status parse_status(std::string_view text)
{
    text = trimmed(text);
    Status status;
    const std::array<std::int64_t*, 3> parts{&status.kind, &status.subject, &status.detail};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        // RFC 3464 section 2.3.4: words may follow.
        const std::size_t end = i < 2 ? text.find('.') : text.find_first_of(" \t(");
        const std::string_view digits = text.substr(0, end);
        if (!is_digits(digits) || digits.size() > 3 || (i < 2 && end == std::string_view::npos)) return {};
        std::from_chars(digits.data(), digits.data() + digits.size(), *parts.at(i));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return status.kind == 2 || status.kind == 4 || status.kind == 5 ? status : Status{};
}

Status status_in_reply(std::string_view words)
{
    Status found;
    while (!words.empty()) {
        const std::size_t end = words.find_first_of(" \t-");
        const std::string_view word = words.substr(0, end);
        words = end == std::string_view::npos ? std::string_view() : words.substr(end + 1);
        if (found.kind != 0) {  // the word after the reply's code
            const Status enhanced = parse_status(word);
            return enhanced.kind == found.kind ? enhanced : found;
        }
        if (word.size() != 3 || !is_digits(word) || (word[0] != '4' && word[0] != '5')) continue;
        int code = 0;
        std::from_chars(word.data(), word.data() + word.size(), code);
        if (ports::is_about_the_session(code)) return {5, 5, 0};  // RFC 3463 section 3.6
        found.kind = word[0] - '0';
    }
    return found;
}

std::optional<DeliveryReport> read_report(std::string_view message)
{
    message = message.substr(0, report_bytes_max);
    const Fields header = Fields::take(message);
    const std::string_view type = header.get("content-type");
    const std::string boundary = parameter_of(type, "boundary");
    const bool is_report = media_type_of(type) == "multipart/report";
    if (!is_report || boundary.empty() || boundary.size() > boundary_bytes_max) return std::nullopt;

    DeliveryReport report;
    bool understood = false;
    std::string_view mail_from, return_path;
    std::vector<Fields> kept;
    kept.reserve(parts_max);
    for (Part& part : parts_of(message, boundary)) {
        if (part.type == "message/delivery-status") {
            const auto status = failure_in(part.body);
            if (!status || understood) return std::nullopt;
            report.status = *status;
            understood = true;
        } else if (part.type == "message/feedback-report") {
            kept.push_back(Fields::take(part.body));
            if (!is_complaint(kept.back()) || understood) return std::nullopt;
            report.kind = DeliveryReport::Kind::complaint;
            mail_from = kept.back().get("original-mail-from");
            understood = true;
        } else if (part.type == "message/rfc822" || part.type == "text/rfc822-headers") {
            kept.push_back(Fields::take(part.body));
            return_path = kept.back().get("return-path");
        }
    }
    if (!understood) return std::nullopt;
    add_address(report.tagged, mail_from);
    add_address(report.tagged, header.get("to"));
    add_address(report.tagged, return_path);
    return report;
}

}  // namespace sallyport::messages
