// What the template compiler accepts, what it refuses, and where it says so.
#include "generate.h"

#include <gtest/gtest.h>

namespace tmplc {
namespace {

/// Compiles one page made of `fields` and `body`, with a layout that has nothing but its content.
class Compiler {
public:
    Compiler()
    {
        add("layout.html", "{% frame Page %}\nhost: text\n{% end %}\n{{ content }}");
        add("mail/layout.html", "{% frame Letter %}\nhost: text\n{% end %}\n{{ content }}");
        add("parts/field.html",
            "{% part Field %}\nlabel: text\nhint: text?\nbig: flag\n{% end %}\n<b title=\"{{ label }}\" {% "
            "if big %}hidden{% end %}>{% if hint %}{{ hint }}{% end %}</b>");
        add("parts/loop.html", "{% part Loop %}\n{% end %}\n{% include \"parts/loop.html\" %}");
        MessageInfo title;
        title.id = 7;
        m_catalogue["a.title"] = title;
        MessageInfo wait;
        wait.id = 9;
        wait.arguments = {{"count", {true}}, {"name", {false}}};
        m_catalogue["a.wait"] = wait;
        m_assets["x.js"] = "/a/x.1.js";
        m_world.catalogue = &m_catalogue;
        m_world.assets = &m_assets;
        m_world.open = [this](const std::string& name, const Place& place) -> const Template& {
            const auto found = m_files.find(name);
            if (found == m_files.end()) throw BuildError(place, "no file " + name);
            return found->second;
        };
    }
    void add(const std::string& name, const std::string& text) { m_files[name] = parse(text, name); }
    std::string page(const std::string& fields, const std::string& body)
    {
        const Template view =
            parse("{% view Name %}\n" + fields + "\n{% end %}\n{% title a.title %}\n" + body, "n.html");
        return generate_page(m_world, view, "n").source;
    }
    std::string mail(const std::string& body)
    {
        const Template view =
            parse("{% view Name %}\nx: text\nu: url\n{% end %}\n{% title a.title %}\n" + body, "mail/n.html");
        return generate_mail(m_world, view, parse("{{ x }}", "mail/n.txt"), "n").source;
    }

private:
    Catalogue m_catalogue;
    std::map<std::string, std::string> m_assets;
    std::map<std::string, Template> m_files;
    World m_world;
};

const char* const all_fields =
    "x: text\no: text?\nu: url\nout: outside_url\nn: number\nf: flag\nat: time\nl: list Item { a: text }\n"
    "s: secret\npic: svg\nm: message\nproblems: problems";

std::string error_of(const std::string& body)
{
    try {
        Compiler().page(all_fields, body);
    } catch (const BuildError& error) {
        return error.what();
    }
    return "accepted";
}
std::string code_of(const std::string& body) { return Compiler().page(all_fields, body); }
bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(Tmplc, ChoosesTheEscapingOfThePlace)
{
    const std::vector<std::pair<const char*, const char*>> cases{
        {"<p>{{ x }}</p>", "escape_html(out, view.x);"},
        {"<p title='{{ x }}'></p>", "escape_html(out, view.x);"},
        {"<textarea>{{ x }}</textarea>", "escape_html(out, view.x);"},
        {"<title>{{ x }}</title>", "escape_html(out, view.x);"},
        {"<a href=\"{{ u }}\">a</a>", "escape_url(out, page.host, view.u);"},
        {"<a href=\"{{ out }}\">a</a>", "escape_outside_url(out, view.out);"},
        {"<a href=\"/p/{{ x }}\">a</a>", "escape_url_part(out, view.x);"},
        {"<a href=\"/p?a={{ x }}\">a</a>", "escape_query_part(out, view.x);"},
        {"<a href=\"#{{ x }}\">a</a>", "escape_query_part(out, view.x);"},
        {"<p data-url=\"{{ u }}\"></p>", "escape_html(out, view.u);"},
        {"<p>{{ n }}</p>", "escape_html(out, format_number(page.language, view.n));"},
        {"<input value=\"{{ n }}\">", "out += std::to_string(view.n);"},
        {"<p>{{ at }}</p>", "write_moment(out, page, view.at, format_moment(page, view.at));"},
        {"<p title=\"{{ at }}\"></p>", "escape_html(out, format_machine(view.at));"},
        {"<p>{{ pic }}</p>", "out += view.pic.markup();"},
        {"<p>{{ s }}</p>", "escape_html(out, view.s.reveal_text());"},
        {"<p>{{ m }}</p>", "escape_html(out, text(page, view.m));"},
        {"{% if o %}{{ o }}{% end %}", "escape_html(out, (*view.o));"},
        {"{% if not o %}a{% else %}{{ o }}{% end %}", "escape_html(out, (*view.o));"},
        {"{% for i in l %}{{ i.a }}{% end %}", "escape_html(out, i_1.a);"},
        {"{% if x is \"a\\b\" %}a{% end %}", "if (view.x == \"a\\\\b\") {"},
        {"{{ t a.wait count=n name=x }}", "Arguments{{\"count\", view.n}, {\"name\", std::string(view.x)}}"},
        {"{% if problems.email %}{{ problems.email }}{% end %}",
         "escape_html(out, text(page, (*view.problems.find(\"email\"))));"},
        {"<script src=\"{{ asset \"x.js\" }}\" defer></script>",
         "<script src=\\\"/a/x.1.js\\\" defer></script>"},
        {"{% include \"parts/field.html\" label=\"<a href='x'>&\" big=\"yes\" %}",
         "title=\\\"&lt;a href=&#39;x&#39;&gt;&amp;\\\" hidden>"},
    };
    for (const auto& [body, wanted] : cases) {
        EXPECT_TRUE(has(code_of(body), wanted)) << body << "\n" << code_of(body);
    }
}

const std::vector<std::pair<const char*, const char*>> refused{
    {"<script>{{ x }}</script>", "inline <script>"},
    {"<script>alert(1)</script>", "inline <script>"},
    {"<SCRIPT src=\"/a\">alert(1)</SCRIPT>", "web/scripts"},
    {"<style>p{}</style>", "inline <style>"},
    {"<p style=\"a\">", "inline style"},
    {"<p STYLE=\"a\">", "inline style"},
    {"<p onclick=\"a\">", "event handler"},
    {"<p OnClick='{{ x }}'>", "event handler"},
    {"<p title={{ x }}>", "a value may stand only"},
    {"<p title=x>", "quote the value"},
    {"<p {{ x }}=\"a\">", "a value may stand only"},
    {"<{{ x }}>", "a value may stand only"},
    {"<p {{ x }}>", "a value may stand only"},
    {"<p {% if f %}on{% end %}click=\"a\">", "event handler"},
    {"<p {% if f %}hr{% end %}ef=\"a\">", "put a space"},
    {"<p on{% if f %} {% end %}click=\"a\">", "event handler"},
    {"<p{% if f %} a{% end %}>", "put a space"},
    {"<!-- {{ x }} -->", "a value may stand only"},
    {"<!-- {% if f %}{% end %} -->", "no directive"},
    {"<a href=\"{{ x }}\">a</a>", "a URL is a url"},
    {"<a href=\"{{ m }}\">a</a>", "a URL is a url"},
    {"<a href=\"{{ s }}\">a</a>", "a URL is a url"},
    {"<a href=\"{{ n }}\">a</a>", "a URL is a url"},
    {"<a href=\"{{ at }}\">a</a>", "a URL is a url"},
    {"<a href=\"{{ t a.title }}\">a</a>", "a URL is a url"},
    {"<a href=\"{{ lang }}\">a</a>", "a URL is a url"},
    {"<a href=\"{{ pic }}\">a</a>", "a URL is a url"},
    {"<a href=\"/p/{{ s }}\">a</a>", "no secret in a URL"},
    {"<a href=\"javascript:{{ x }}\">a</a>", "begins with /"},
    {"<a href=\"//evil\">a</a>", "leaves us"},
    {"<a href=\"/{% if f %}/evil{% end %}\">a</a>", "leaves us"},
    {"<a href=\"/\\evil\">a</a>", "leaves us"},
    {"<a href=\"https://evil\">a</a>", "begins with /"},
    {"<a href=\"{{ u }}?a\">a</a>", "stands alone"},
    {"<a href=\"{{ u }}{{ u }}\">a</a>", "stands alone"},
    {"<form action=\"{{ x }}\">", "a URL is a url"},
    {"<iframe src=\"/a\"></iframe>", "no place in a page"},
    {"<base href=\"/\">", "no place in a page"},
    {"<meta http-equiv=\"refresh\" content=\"{{ x }}\">", "is refused"},
    {"<img srcset=\"{{ x }}\">", "is refused"},
    {"{{ y }}", "unknown name y"},
    {"{{ x.y }}", "no field y"},
    {"{% for i in l %}{{ i.b }}{% end %}", "no field b"},
    {"{% for x in l %}{% end %}", "already a name"},
    {"{% for i in x %}{% end %}", "no list"},
    {"{{ l }}", "cannot be written"},
    {"{{ f }}", "cannot be written"},
    {"{{ o }}", "may be missing"},
    {"{% if not o %}{{ o }}{% end %}", "may be missing"},
    {"{{ t a.none }}", "no message a.none"},
    {"{{ t a.wait count=n }}", "needs the argument name"},
    {"{{ t a.wait count=x name=x }}", "is a number"},
    {"{{ t a.title count=n }}", "has no argument"},
    {"{{ asset \"y.js\" }}", "no asset"},
    {"{% include \"parts/none.html\" %}", "no file"},
    {"{% include \"parts/loop.html\" %}", "round in a circle"},
    {"{% include \"parts/field.html\" %}", "needs the argument label"},
    {"{% include \"parts/field.html\" label=l %}", "argument label is a text"},
    {"{% include \"parts/field.html\" label=o %}", "may be missing"},
    {"{% include \"parts/field.html\" label=x colour=x %}", "has no argument colour"},
    {"{% include \"layout.html\" %}", "no {% part %}"},
    {"{% if f %}<p title=\"{% end %}\">", "same place"},
    {"{% if f %}<textarea>{% end %}", "same place"},
    {"{% for i in l %}<p {% end %}>", "end where it began"},
    {"<p title=\"", "ends inside"},
    {"<p", "ends inside"},
    {"{% if f %}", "{% end %} is missing"},
    {"{% end %}", "closes nothing"},
    {"{% what %}", "unknown directive"},
    {"{% if f %}{% else %}{% else %}{% end %}", "twice"},
    {"{% if f and f %}{% end %}", "did not expect"},
    {"{{ x", "expected }}"},
    {"{{ x | raw }}", "did not expect"},
    {"{{ clock(x) }}", "takes a time"},
    {"a < b", "write &lt;"},
};

TEST(Tmplc, RefusesWithFileAndLine)
{
    for (const auto& [body, wanted] : refused) {
        const std::string error = error_of(body);
        EXPECT_TRUE(has(error, wanted)) << body << "\n" << error;
    }
    EXPECT_TRUE(error_of("<p>\n</p>\n{{ y }}").starts_with("n.html:18: "));
}

TEST(Tmplc, RefusesWrongDeclarations)
{
    for (const char* fields : {"a: word", "A: text", "a text", "a: text a: text", "a: list",
                               "a: list item { b: text }", "a: flag?", "a: list Item { b: text", "page: text",
                               "p: problems", "a.b: text", "a: list problems"}) {
        EXPECT_THROW(Compiler().page(fields, "a"), BuildError) << fields;
    }
    for (const char* file : {"", "text", "{% view name %}{% end %}", "{% view Name %}",
                             "{% view Name %} a: text {% else %}", "{% frame A_b %}{% end %}"}) {
        EXPECT_THROW(parse(file, "n.html"), BuildError) << file;
    }
    EXPECT_THROW(generate_page(World{}, parse("{% part Name %}{% end %}", "n.html"), "n"), BuildError);
}

TEST(Tmplc, DropsLinesThatHoldOnlyADirective)
{
    const std::string code = code_of("<p>\n  {% if f %}\n  a\n  {% end %}\n</p>\n");
    EXPECT_TRUE(has(code, "\"\\n<p>\\n\"") || has(code, "\"<p>\\n\"")) << code;
    EXPECT_TRUE(has(code, "\"a\\n\"")) << code;
}

TEST(Tmplc, KeepsMailPlain)
{
    EXPECT_TRUE(has(Compiler().mail("<p style=\"margin:0\">{{ x }}</p>"), "escape_plain(out, view.x);"));
    EXPECT_NO_THROW(Compiler().mail("<a href=\"{{ u }}\">{{ u }}</a>"));
    for (const char* body :
         {"<a href=\"/a\">a</a>", "<img alt=\"\">", "<script src=\"/a\"></script>", "<form></form>"}) {
        EXPECT_THROW(Compiler().mail(body), BuildError) << body;
    }
}

TEST(FlatJson, ReadsAndRefuses)
{
    const auto entries = read_flat_json("{ \"a.b\" : \"\\u00e9\\ud83d\\ude00\\n\\\"\", \"c\": \"\" }", "f");
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].key, "a.b");
    EXPECT_EQ(entries[0].value, "\u00e9\U0001F600\n\"");
    for (const char* json :
         {"", "{", "[]", "{\"a\":1}", "{\"a\":\"b\",}", "{\"a\":\"b\"} x", "{\"a\":\"b\",\"a\":\"c\"}",
          "{\"a\":\"\\x\"}", "{\"a\":\"\\ud83d\"}", "{\"a\":\"\\ude00\"}", "{\"a\":\"\\u00g0\"}",
          "{\"a\":\"\\u00", "{\"a\":\"b", "{\"a\":\"\n\"}"}) {
        EXPECT_THROW(read_flat_json(json, "f"), BuildError) << json;
    }
}

TEST(Literal, SurvivesTheCompiler)
{
    EXPECT_EQ(literal("a\"\\\n\t?\x01"
                      "7"),
              "\"a\\\"\\\\\\n\\011\\077\\0017\"");
}

}  // namespace
}  // namespace tmplc
