#include "slices/messages/endpoints.h"

#include "base/check.h"
#include "http/problem.h"

#include <algorithm>

namespace sallyport::messages {

namespace {

/// The headers of a message, unfolded (RFC 5322 section 2.2.3), as a JSON object.
void append_headers(std::string& out, std::string_view raw)
{
    std::string_view head = raw.substr(0, raw.find("\r\n\r\n"));
    out += '{';
    bool first = true;
    while (!head.empty()) {
        std::string field;
        do {
            const std::size_t end = head.find("\r\n");
            field += head.substr(0, end);
            head = end == std::string_view::npos ? std::string_view{} : head.substr(end + 2);
        } while (head.starts_with(' ') || head.starts_with('\t'));
        const std::size_t colon = field.find(':');
        if (colon == std::string::npos) continue;
        if (!std::exchange(first, false)) out += ',';
        http::append_json_string(out, std::string_view(field).substr(0, colon));
        out += ':';
        http::append_json_string(out, std::string_view(field).substr(std::min(colon + 2, field.size())));
    }
    out += '}';
}

void append_message(std::string& out, const DevMailbox::Message& message)
{
    const ports::OutgoingMail& mail = *message.mail;
    out += "{\"number\":" + std::to_string(message.number);
    const auto append = [&out](std::string_view name, std::string_view value) {
        out.append(",\"").append(name).append("\":");
        http::append_json_string(out, value);
    };
    append("to", mail.envelope_to);
    append("subject", mail.subject);
    append("text", mail.text);
    append("html", mail.html);
    out += ",\"headers\":";
    append_headers(out, mail.raw);
    append("raw", mail.raw);
    out += '}';
}

bool has_token(const http::Request& request, const Secret& token)
{
    constexpr std::string_view scheme = "Bearer ";
    std::string_view given = request.query.get("token");
    if (const std::string_view header = request.header("authorization"); header.starts_with(scheme))
        given = header.substr(scheme.size());
    return equal_constant_time(as_bytes(given), token.reveal());
}

Task<http::Response> as_task(http::Response response) { co_return response; }

}  // namespace

void add_dev_routes(http::Router& router, const DevMailbox& mailbox, Secret token)
{
    CHECK(!token.empty());
    const auto shared = std::make_shared<const Secret>(std::move(token));
    http::RouteOptions options;
    options.quick = [&mailbox, shared](const http::Request& request) -> std::optional<http::Response> {
        if (!has_token(request, *shared)) {
            return http::problem(request, 401, "dev_token_needed",
                                 "The token that `sallyport dev` printed is needed");
        }
        std::string body = "[";
        for (const DevMailbox::Message& message : mailbox.messages()) {
            if (body.size() > 1) body += ',';
            append_message(body, message);
        }
        http::Response response;
        response.body = std::move(body += ']');
        response.set("Content-Type", "application/json");
        response.set("Cache-Control", "no-store");
        return response;
    };
    const auto handler = [quick = options.quick](const http::Request& request) {
        return as_task(*quick(request));
    };
    router.add(http::Method::get, "/dev/messages", handler, std::move(options));
}

}  // namespace sallyport::messages
