#include "http/pages.h"

#include "base/check.h"
#include "http/accept.h"

#include <gtest/gtest.h>

// In the shape of what the template compiler makes.
namespace sallyport::views {
struct Greeting {
    std::string name;
};
}  // namespace sallyport::views
namespace sallyport::render {
void write_html(const views::Greeting& view, const Page& page, std::string& out)
{
    out += "<title>" + page.brand + "</title>" + view.name;
}
void write_json(const views::Greeting& view, std::string& out) { out += "{\"name\":\"" + view.name + "\"}"; }
}  // namespace sallyport::render

namespace sallyport::http {
namespace {

std::string header(const Response& response, std::string_view name)
{
    for (const auto& [n, value] : response.headers) {
        if (n == name) return value;
    }
    return {};
}

TEST(Pages, RendersByWhatIsWanted)
{
    Request request;
    render::Page page;
    page.brand = "T";
    const Response html = respond(request, page, views::Greeting{"Ada"}, 422);
    EXPECT_EQ(html.status, 422U);
    EXPECT_EQ(html.body, "<title>T</title>Ada");
    EXPECT_EQ(header(html, "Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(header(html, "Vary"), "Accept");
    request.wants_json = true;
    const Response json = respond(request, page, views::Greeting{"Ada"});
    EXPECT_EQ(json.body, "{\"name\":\"Ada\"}");
    EXPECT_EQ(header(json, "Content-Type"), "application/json");
    EXPECT_EQ(header(json, "Vary"), "Accept");
}

TEST(Pages, LeadsOn)
{
    Request request;
    const Response page = see_other(request, "/account");
    EXPECT_EQ(page.status, 303U);
    EXPECT_EQ(header(page, "Location"), "/account");
    request.wants_json = true;
    const Response json = see_other(request, "/account");
    EXPECT_EQ(json.status, 200U);
    EXPECT_EQ(json.body, "{\"next\":\"/account\"}");
    for (const char* path :
         {"", "account", "//evil.example", "https://evil.example", "/a\r\nb", "/a b", "/\\evil.example"}) {
        EXPECT_THROW(see_other(request, path), ProgrammingError) << path;
    }
}

TEST(Pages, WritesProblemDetails)
{
    const FieldProblem fields[] = {{"email", "missing", "Type your \"address\"\n"}};
    const Response response =
        problem(Request(), 422, "form", "Check the form", "One field is empty.", fields);
    EXPECT_EQ(response.status, 422U);
    EXPECT_EQ(header(response, "Content-Type"), "application/problem+json");
    EXPECT_EQ(response.body,
              R"({"status":422,"title":"Check the form","code":"form","detail":"One field is empty.",)"
              R"("errors":[{"field":"email","code":"missing","detail":"Type your \"address\"\u000a"}]})");
}

TEST(Accept, PrefersJsonOnlyWhereItIsAskedFor)
{
    const std::vector<std::pair<const char*, bool>> cases{
        {"", false},
        {"*/*", false},
        {"application/json", true},
        {"APPLICATION/JSON", true},
        {"application/problem+json", true},
        {"application/json, */*", true},
        {"application/json;q=0.5, */*;q=0.8", false},
        {"application/json, text/html", false},
        {"application/json, text/html;q=0.9", true},
        {"text/html, application/json;q=0.9", false},
        {"text/html;q=0.5,application/json;q=0.51", true},
        {"application/json;q=0", false},
        {"application/json;q=2", false},
        {"application/json;q=x", false},
        {"application/json;q=", false},
        {"application/json;charset=utf-8;q=0.9, text/html;q=0.8", true},
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false},
        {"application/json , ,;,", true},
        {"application/jsonx", false},
        {"+json", false},
    };
    for (const auto& [accept, expected] : cases) EXPECT_EQ(prefers_json(accept), expected) << accept;
}

}  // namespace
}  // namespace sallyport::http
