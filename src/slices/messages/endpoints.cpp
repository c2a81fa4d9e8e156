#include "slices/messages/endpoints.h"

#include "base/check.h"
#include "http/pages.h"
#include "render/messages.h"
#include "views/dev_mail.h"
#include "views/dev_mailbox.h"
#include "views/dev_phone.h"
#include "views/dev_token.h"

#include <algorithm>

namespace sallyport::messages {

namespace {

using Message = DevMailbox::Message;

/// A mail has styles of its own, as mail programs want them, and is data of who knows whom: it gets an origin
/// of its own, no script, no form, no request, and stands in no frame.
constexpr char mail_policy[] =
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'";

/// Name and value of each header, unfolded (RFC 5322 section 2.2.3).
std::vector<std::pair<std::string, std::string>> headers_of(std::string_view raw)
{
    std::vector<std::pair<std::string, std::string>> headers;
    std::string_view head = raw.substr(0, raw.find("\r\n\r\n"));
    while (!head.empty()) {
        std::string field;
        do {
            const std::size_t end = head.find("\r\n");
            field += head.substr(0, end);
            head = end == std::string_view::npos ? std::string_view{} : head.substr(end + 2);
        } while (head.starts_with(' ') || head.starts_with('\t'));
        const std::size_t colon = field.find(':');
        if (colon == std::string::npos) continue;
        headers.emplace_back(field.substr(0, colon), field.substr(std::min(colon + 2, field.size())));
    }
    return headers;
}

void append_message(std::string& out, const Message& message)
{
    const ports::OutgoingMail& mail = *message.mail;
    out += "{\"number\":" + std::to_string(message.number);
    const auto append = [&out](std::string_view name, std::string_view value) {
        http::append_json_string(out += ',', name);
        http::append_json_string(out += ':', value);
    };
    append("to", mail.envelope_to);
    append("subject", mail.subject);
    append("text", mail.text);
    append("html", mail.html);
    out += ",\"headers\":{";
    bool first = true;
    for (const auto& [name, value] : headers_of(mail.raw)) {
        if (!std::exchange(first, false)) out += ',';
        http::append_json_string(out, name);
        http::append_json_string(out += ':', value);
    }
    out += '}';
    append("raw", mail.raw);
    out += '}';
}

void append_message(std::string& out, const DevPhone::Text& text)
{
    out += "{\"number\":" + std::to_string(text.number);
    const auto append = [&out](std::string_view name, std::string_view value) {
        http::append_json_string(out += ',', name);
        http::append_json_string(out += ':', value);
    };
    append("id", text.text.id);
    append("kind", text.text.call ? "call" : "text");
    append("to", text.text.to);
    append("text", text.text.text);
    append("language", text.text.language);
    out += '}';
}

template <class Each>
http::Response as_json(const std::vector<Each>& messages)
{
    std::string body = "[";
    for (const Each& message : messages) {
        if (body.size() > 1) body += ',';
        append_message(body, message);
    }
    http::Response response;
    response.body = std::move(body += ']');
    response.set("Content-Type", "application/json");
    return response;
}

/// RFC 3986 section 2.1: all but the unreserved characters.
std::string percent_encoded(std::string_view text)
{
    constexpr std::string_view hex = "0123456789ABCDEF";
    constexpr std::string_view kept = "-._~";
    std::string out;
    for (const char c : text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter || kept.find(c) != std::string_view::npos) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += {'%', hex[byte >> 4], hex[byte & 15]};
    }
    return out;
}

Task<http::Response> as_task(http::Response response) { co_return response; }

/// The rooms that the routes share.
struct Dev {
    const DevMailbox& mailbox;
    const DevPhone& phone;
    Secret token;
    PageOf page_of;

    [[nodiscard]] std::string_view given_token(const http::Request& request) const
    {
        constexpr std::string_view scheme = "Bearer ";
        const std::string_view header = request.header("authorization");
        return header.starts_with(scheme) ? header.substr(scheme.size()) : request.query.get("token");
    }

    [[nodiscard]] http::Response refused(const http::Request& request) const
    {
        if (request.wants_json)
            return http::problem(request, 401, "dev_token_needed",
                                 "The token that `sallyport dev` printed is needed");
        views::DevToken view;
        if (request.query.has("token")) view.problems.add("token", render::Msg::dev_token_wrong);
        render::Page page = page_of(request);
        page.path = "/dev/mailbox";
        return http::respond(request, page, view, 401);
    }

    /// An address of ours that carries the token on, where it came in the address.
    [[nodiscard]] static std::string address(const http::Request& request, const std::string& path)
    {
        const std::string_view token = request.query.get("token");
        return token.empty() ? path : path + "?token=" + percent_encoded(token);
    }

    [[nodiscard]] std::optional<Message> find(const http::Request& request) const
    {
        for (Message& message : mailbox.messages())
            if (std::to_string(message.number) == request.captures.at(0)) return std::move(message);
        return std::nullopt;
    }

    [[nodiscard]] http::Response list(const http::Request& request) const
    {
        views::DevMailbox view;
        view.again = address(request, "/dev/mailbox");
        view.phone = address(request, "/dev/phone");
        for (const Message& message : mailbox.messages()) {
            const auto headers = headers_of(message.mail->raw);
            const auto date = std::ranges::find(headers, "Date", &std::pair<std::string, std::string>::first);
            view.mails.push_back({static_cast<std::int64_t>(message.number),
                                  address(request, "/dev/mailbox/" + std::to_string(message.number)),
                                  message.mail->envelope_to, message.mail->subject,
                                  date == headers.end() ? "" : date->second});
        }
        return http::respond(request, page_of(request), view);
    }

    [[nodiscard]] http::Response texts(const http::Request& request) const
    {
        views::DevPhone view;
        view.again = address(request, "/dev/phone");
        view.mailbox = address(request, "/dev/mailbox");
        for (const DevPhone::Text& text : phone.texts())
            view.texts.push_back({static_cast<std::int64_t>(text.number), text.text.to, text.text.text,
                                  text.text.language, text.text.call});
        return http::respond(request, page_of(request), view);
    }

    [[nodiscard]] http::Response one(const http::Request& request) const
    {
        const auto message = find(request);
        if (!message) return http::problem(request, 404, "not_found", "There is no such mail");
        const std::string path = "/dev/mailbox/" + std::to_string(message->number);
        views::DevMail view;
        view.number = static_cast<std::int64_t>(message->number);
        view.to = message->mail->envelope_to;
        view.subject = message->mail->subject;
        view.text = message->mail->text;
        view.html = message->mail->html;
        view.shown = address(request, path + "/html");
        view.back = address(request, "/dev/mailbox");
        for (auto& [name, value] : headers_of(message->mail->raw))
            view.headers.push_back({std::move(name), std::move(value)});
        return http::respond(request, page_of(request), view);
    }

    [[nodiscard]] http::Response html(const http::Request& request) const
    {
        const auto message = find(request);
        if (!message) return http::problem(request, 404, "not_found", "There is no such mail");
        http::Response response;
        response.body = message->mail->html;
        response.set("Content-Type", "text/html; charset=utf-8");
        response.set("Content-Security-Policy", mail_policy);
        return response;
    }
};

}  // namespace

void add_dev_routes(http::Router& router, const DevMailbox& mailbox, const DevPhone& phone, Secret token,
                    PageOf page_of)
{
    CHECK(!token.empty());
    const auto dev = std::make_shared<const Dev>(Dev{mailbox, phone, std::move(token), std::move(page_of)});
    const auto add = [&router, dev](std::string pattern, auto answer) {
        http::RouteOptions options;
        options.quick = [dev, answer](const http::Request& request) -> std::optional<http::Response> {
            const bool right = equal_constant_time(as_bytes(dev->given_token(request)), dev->token.reveal());
            http::Response response = right ? answer(*dev, request) : dev->refused(request);
            response.set("Cache-Control", "no-store");
            response.set("Referrer-Policy", "no-referrer");  // the address has the token
            return response;
        };
        auto handler = [quick = options.quick](const http::Request& request) {
            return as_task(*quick(request));
        };
        router.add(http::Method::get, std::move(pattern), std::move(handler), std::move(options));
    };
    add("/dev/messages",
        [](const Dev& here, const http::Request&) { return as_json(here.mailbox.messages()); });
    add("/dev/texts", [](const Dev& here, const http::Request&) { return as_json(here.phone.texts()); });
    add("/dev/phone", [](const Dev& here, const http::Request& request) { return here.texts(request); });
    add("/dev/mailbox", [](const Dev& here, const http::Request& request) { return here.list(request); });
    add("/dev/mailbox/{number}",
        [](const Dev& here, const http::Request& request) { return here.one(request); });
    add("/dev/mailbox/{number}/html",
        [](const Dev& here, const http::Request& request) { return here.html(request); });
}

}  // namespace sallyport::messages
