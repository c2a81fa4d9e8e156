#include "http/problem.h"

#include "base/check.h"

#include <algorithm>

namespace sallyport::http {

namespace {

void append_member(std::string& out, std::string_view name, std::string_view value)
{
    out += ",\"";
    out += name;
    out += "\":";
    append_json_string(out, value);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f || c == '<') {
            out += "\\u00";
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
        } else {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
    }
    out += '"';
}

Response problem(const Request& /*request*/, unsigned status, std::string_view code, std::string_view title,
                 std::string_view detail, std::span<const FieldProblem> fields)
{
    Response response;
    response.status = status;
    response.problem_code = code;
    response.add("Content-Type", "application/problem+json").add("Vary", "Accept");
    std::string& out = response.body;
    out += "{\"status\":";
    out += std::to_string(status);
    append_member(out, "title", title);
    append_member(out, "code", code);
    if (!detail.empty()) append_member(out, "detail", detail);
    if (!fields.empty()) {
        out += ",\"errors\":[";
        for (const FieldProblem& field : fields) {
            if (&field != fields.data()) out += ',';
            out += "{\"field\":";
            append_json_string(out, field.field);
            append_member(out, "code", field.code);
            if (!field.detail.empty()) append_member(out, "detail", field.detail);
            out += '}';
        }
        out += ']';
    }
    out += '}';
    return response;
}

Response see_other(const Request& request, std::string_view path)
{
    const bool plain = std::ranges::all_of(path, [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
    CHECK(path.starts_with('/') && !path.starts_with("//") && plain);
    Response response;
    response.add("Vary", "Accept");
    if (request.wants_json) {
        response.add("Content-Type", "application/json");
        response.body = "{\"next\":";
        append_json_string(response.body, path);
        response.body += '}';
    } else {
        response.status = 303;
        response.add("Location", std::string(path));
    }
    return response;
}

Response PlainErrorPages::draw(const Request& /*request*/, const ErrorFacts& facts) const
{
    Response response;
    response.status = facts.status;
    response.add("Content-Type", "text/plain; charset=utf-8");
    response.body.append(std::to_string(facts.status))
        .append(" ")
        .append(reason_phrase(facts.status))
        .append("\n");
    if (!facts.reference.empty()) response.body.append(facts.reference).append("\n");
    return response;
}

std::string_view reason_phrase(unsigned status) noexcept
{
    switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 423: return "Locked";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "Status";
    }
}

}  // namespace sallyport::http
