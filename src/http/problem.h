#pragma once
// Refusals: problem details for programs (RFC 9457), an error page for people.
#include "http/message.h"

#include <span>

namespace sallyport::http {

/// One field of the form that has to be changed.
struct FieldProblem {
    std::string_view field;
    std::string_view code;
    std::string_view detail;
};

/// application/problem+json with the members status, title, code (stable: clients switch on it) and, where
/// given, detail and errors [{field, code, detail}]. `type` is left out, which means about:blank (RFC 9457
/// section 4.2.1). For a person (Request::wants_json is false) the server draws ErrorPages in place of it,
/// with the same status and headers: a slice that has a page of its own for a refusal uses respond().
Response problem(const Request& request, unsigned status, std::string_view code, std::string_view title,
                 std::string_view detail = {}, std::span<const FieldProblem> fields = {});

/// Leads on after a POST: 303 See Other with Location for pages; for programs 200 and {"next":"/path"}, since
/// they do not navigate. `path` is one of ours: it begins with one slash (CHECK).
Response see_other(const Request& request, std::string_view path);

/// What an error page may say.
struct ErrorFacts {
    unsigned status;
    std::string_view code;  // as in problem()
    std::string_view
        reference;  // for the operator to find the line in the log; empty where nothing was logged
    std::string_view retry_after = {};  // the Retry-After header: seconds; empty where there is none
};

/// Draws the page of an error for a person (ux.md rule R7). Called on the event loops: it must not wait.
class ErrorPages {
public:
    virtual ~ErrorPages() = default;
    /// `request` may be half filled: an error can be found before the headers were understood.
    [[nodiscard]] virtual Response draw(const Request& request, const ErrorFacts& facts) const = 0;
};

/// Words without design, for tests and until a page can be drawn.
class PlainErrorPages final : public ErrorPages {
public:
    [[nodiscard]] Response draw(const Request& request, const ErrorFacts& facts) const override;
};

/// The reason phrase of RFC 9110 section 15; "Status" for a number that is not ours.
std::string_view reason_phrase(unsigned status) noexcept;

/// Appends a JSON string with its quotes. Slashes, quotes and control characters are escaped; `text` is
/// UTF-8.
void append_json_string(std::string& out, std::string_view text);

}  // namespace sallyport::http
