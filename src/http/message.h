#pragma once
// What a handler is given and what it gives back. No Asio, no Beast: slices include this and stay quick to
// compile.
#include "base/ip_address.h"
#include "base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del };

/// Fields of application/x-www-form-urlencoded or of a flat JSON object (http/forms.h); the parser has
/// refused duplicate names, invalid UTF-8 and NUL, so a name has one meaning.
class Fields {
public:
    Fields() = default;
    explicit Fields(std::vector<std::pair<std::string, std::string>> entries) : m_entries(std::move(entries))
    {
    }
    Fields(Fields&& other) noexcept : m_entries(std::move(other.m_entries)) { other.m_entries.clear(); }
    Fields& operator=(Fields&& other) noexcept;
    Fields(const Fields&) = delete;
    Fields& operator=(const Fields&) = delete;
    ~Fields();  // wipes the values: a form may hold a password
    /// The value as sent; empty where the field is missing.
    [[nodiscard]] std::string_view get(std::string_view name) const noexcept;
    [[nodiscard]] bool has(std::string_view name) const noexcept;
    [[nodiscard]] bool empty() const noexcept { return m_entries.empty(); }
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& entries() const noexcept
    {
        return m_entries;
    }

private:
    void wipe() noexcept;
    std::vector<std::pair<std::string, std::string>> m_entries;
};

/// A file of multipart/form-data: bytes from outside, of any kind. What it was called is not kept.
struct UploadedFile {
    std::string field;
    std::string content;
};

struct Request {
    Method method = Method::get;
    std::string path;                                          // decoded, absolute, without query
    std::string raw_query;                                     // as sent
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    IpAddress client;     // behind trusted proxies: the rightmost untrusted one
    bool secure = false;  // the person's connection is TLS, by our or the proxy's word
    Fields form;          // of the body
    Fields query;
    std::vector<std::string> captures;  // the {parts} of the route, in order
    bool wants_json = false;            // Accept prefers application/json to text/html
    std::string_view route;             // the pattern that matched: for metrics, never the path
    std::vector<UploadedFile> files;    // only where the route takes files, none of them empty

    /// First value, empty where missing.
    [[nodiscard]] std::string_view header(std::string_view lower_case_name) const noexcept;
    /// The value of our cookie "__Host-" + `name` (as set_cookie_header names it); nullopt where it is
    /// missing, empty, malformed (RFC 6265 section 4.1.1) or sent twice.
    [[nodiscard]] std::optional<std::string> cookie(std::string_view name) const;
    /// The file of that field; null where none was chosen.
    [[nodiscard]] const UploadedFile* file(std::string_view field) const noexcept;
};

/// A response is written flat: status line, these headers, Content-Length, body.
struct Response {
    unsigned status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string
        problem_code;  // set by problem(): for people the server draws an error page in place of the body

    Response& set(std::string name, std::string value);  // replaces
    Response& add(std::string name, std::string value);  // appends (Set-Cookie)
};

/// A cookie of ours: __Host- prefix, Secure, HttpOnly, SameSite=Lax, Path=/ (RFC 6265bis section 4.1.3.2).
/// `name` comes without the prefix. `max_age` of zero expires it; nullopt makes it a browser-session cookie.
std::string set_cookie_header(std::string_view name, std::string_view value,
                              std::optional<std::chrono::seconds> max_age);

}  // namespace sallyport::http
