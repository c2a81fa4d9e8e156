#include "access/refuse.h"

#include "base/check.h"

namespace sallyport::access {

http::Response problem_of(const http::Request& request, const render::Reader& reader,
                          const render::Problems& problems, unsigned status, std::string_view code)
{
    CHECK(!problems.empty());
    std::vector<std::string> texts;
    for (const render::Problem& problem : problems) texts.push_back(render::text(reader, problem.message));
    std::vector<http::FieldProblem> fields;
    std::size_t at = 0;
    for (const render::Problem& problem : problems) {
        const std::string& words = texts[at++];
        if (!problem.field.empty()) fields.push_back({problem.field, render::key(problem.message.id), words});
    }
    return http::problem(request, status, code, texts.front(), {}, fields);
}

}  // namespace sallyport::access
