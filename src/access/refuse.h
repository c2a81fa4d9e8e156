#pragma once
// A form that is not right: people get the page again with what to do, programs get problem details (RFC
// 9457).
#include "http/pages.h"
#include "http/problem.h"
#include "render/page.h"

#include <string>
#include <vector>

namespace sallyport::access {

/// A refusal in words, as a stable code and as a status.
struct Said {
    render::Msg words;
    std::string_view code;
    unsigned status;
};

/// The problems of a view as problem details: one error for each field, its code being the message's key.
http::Response problem_of(const http::Request& request, const render::Reader& reader,
                          const render::Problems& problems, unsigned status, std::string_view code);

/// `view` has a field `problems` with at least one in it.
template <class View>
http::Response refuse(const http::Request& request, const render::Page& page, const View& view,
                      unsigned status, std::string_view code)
{
    if (request.wants_json) return problem_of(request, page, view.problems, status, code);
    return http::respond(request, page, view, status);
}

}  // namespace sallyport::access
