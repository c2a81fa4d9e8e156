#include "adapters/twilio.h"

#include "adapters/text_answers.h"
#include "base/check.h"

#include <algorithm>
#include <array>

namespace sallyport::adapters {

namespace {

using ports::TextOutcome;
using ports::TextResult;

constexpr std::int64_t created = 201;
constexpr std::int64_t bad_request = 400;
constexpr std::size_t name_characters_max = 64;

bool is_name(std::string_view text)
{
    return !text.empty() && text.size() <= name_characters_max && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    });
}

/// application/x-www-form-urlencoded, all but the unreserved characters (RFC 3986 section 2.3).
void append_field(std::string& out, std::string_view name, std::string_view value)
{
    constexpr std::string_view hex = "0123456789ABCDEF";
    if (!out.empty()) out += '&';
    out.append(name).append("=");
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            std::string_view("-._~").find(c) != std::string_view::npos) {
            out += c;
        } else {
            out.append("%").append(1, hex[byte >> 4U]).append(1, hex[byte & 15U]);
        }
    }
}

/// What is spoken (TwiML: Response, Pause, Say). A service knows a language by the name of one of its voices.
std::string spoken_form(std::string_view text, std::string_view language)
{
    std::string out = R"(<?xml version="1.0" encoding="UTF-8"?><Response><Pause length="1"/><Say )";
    out += language.starts_with("ar") ? R"(voice="Polly.Zeina" language="arb">)" : R"(language="en-US">)";
    for (const char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        default: out += c;
        }
    }
    return out + "</Say></Response>";
}

const std::string& caller_of(const TwilioOptions& options)
{
    return options.call_from.empty() ? options.from : options.call_from;
}

/// Errors of ours, which the operator can mend: the text waits. 20003 log-in, 20404 no such account, 21210,
/// 21212 and 21606 the sender, 21705 and 21701 the messaging service.
bool is_about_us(std::int64_t code)
{
    constexpr std::array<std::int64_t, 7> ours{20003, 20404, 21210, 21212, 21606, 21701, 21705};
    return std::ranges::find(ours, code) != ours.end();
}

TextResult result_of(const Posted& posted)
{
    if (!posted.answered) return {TextOutcome::try_again, posted.why};
    const std::string status = "HTTP " + std::to_string(posted.status);
    const auto answer = read_text_answer(posted.body);
    if (!answer || (posted.status == created && !answer->has_sid))
        return {TextOutcome::try_again, status + ", and no answer as agreed"};
    if (posted.status == created) return {TextOutcome::accepted, status};
    if (!answer->code) return {TextOutcome::try_again, status};
    const std::string detail = status + ", error " + std::to_string(*answer->code);
    const bool for_good = posted.status == bad_request && !is_about_us(*answer->code);
    return {for_good ? TextOutcome::refused : TextOutcome::try_again, detail};
}

}  // namespace

std::optional<std::string> Twilio::problem_with(const TwilioOptions& options)
{
    if (const auto problem = problem_with_url(options.base_url)) return "the service's address " + *problem;
    if (!is_name(options.account)) return "the account is not letters and digits";
    if (!options.key.empty() && !is_name(options.key)) return "the key is not letters and digits";
    if (options.secret.empty()) return "there is no secret";
    const std::string_view from = options.from;
    if (!is_name(from.starts_with('+') ? from.substr(1) : from))
        return "the sender is neither a number such as +351912345678, nor letters and digits";
    const std::string_view caller = caller_of(options);
    if (options.calls && (!caller.starts_with('+') || !is_name(caller.substr(1))))
        return "calls come from a number such as +351212345678";
    return std::nullopt;
}

Twilio::Twilio(TwilioOptions options) : m_options(std::move(options)), m_post(m_options.post)
{
    CHECK(!problem_with(m_options));
}

Task<TextResult> Twilio::send(ports::OutgoingText text)
{
    Post post;
    post.url = m_options.base_url + "/2010-04-01/Accounts/" + m_options.account +
               (text.call ? "/Calls.json" : "/Messages.json");
    append_field(post.body, "To", text.to);
    if (text.call) {
        std::string spoken = spoken_form(text.text, text.language);
        append_field(post.body, "From", caller_of(m_options));
        append_field(post.body, "Twiml", spoken);
        wipe_text(spoken);
    } else {
        const bool by_service = m_options.from.starts_with("MG");
        append_field(post.body, by_service ? "MessagingServiceSid" : "From", m_options.from);
        append_field(post.body, "Body", text.text);
    }
    wipe_text(text.text);
    post.headers = {"Content-Type: application/x-www-form-urlencoded", "Accept: application/json"};
    post.user = m_options.key.empty() ? m_options.account : m_options.key;
    post.password = m_options.secret.duplicate();
    const auto posted = co_await m_post.send(std::move(post));
    co_return result_of(posted);
}

}  // namespace sallyport::adapters
