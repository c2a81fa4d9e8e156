#pragma once
// One view, two renderings: a page for people, JSON for programs.
#include "http/message.h"
#include "http/problem.h"
#include "render/page.h"

namespace sallyport::http {

namespace detail {
/// The writers of a view are in namespace render, the view itself in namespace views. This argument carries
/// render into the look-up of the unqualified name, so that this header needs none of the generated ones.
template <class InNamespaceOf>
struct Out {
    std::string& text;
    operator std::string&() const noexcept { return text; }
};
}  // namespace detail

/// JSON where the request prefers it, else the whole page. `view` is a generated type (views/<name>.h,
/// included by the caller). The answer depends on Accept, and caches are told so.
template <class View>
Response respond(const Request& request, const render::Page& page, const View& view, unsigned status = 200)
{
    Response response;
    response.status = status;
    response.headers.reserve(4);
    response.add("Vary", "Accept");
    const detail::Out<render::Page> out{response.body};
    if (request.wants_json) {
        response.add("Content-Type", "application/json");
        write_json(view, out);
    } else {
        response.add("Content-Type", "text/html; charset=utf-8");
        write_html(view, page, out);
    }
    return response;
}

/// The JSON rendering alone, for addresses that have no page.
template <class View>
Response respond_json(const View& view, unsigned status = 200)
{
    Response response;
    response.status = status;
    response.add("Content-Type", "application/json");
    const detail::Out<render::Page> out{response.body};
    write_json(view, out);
    return response;
}

}  // namespace sallyport::http
