// The example page and mail, through the whole road: template, catalogue, escaping.
#include "render/page.h"

#include "render/messages.h"
#include "views/example.h"
#include "views/mail/mail_example.h"

#include <gtest/gtest.h>

namespace sallyport::render {
namespace {

constexpr const char* nasty = "\"><script>alert('x')</script>&";

views::Example example()
{
    views::Example view;
    view.email = "ada@example.com";
    view.next = "/account";
    view.tries_left = 3;
    return view;
}
std::string html(const views::Example& view, const Page& page = {})
{
    std::string out;
    write_html(view, page, out);
    return out;
}
bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(Page, IsWhole)
{
    const std::string page = html(example());
    EXPECT_TRUE(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">")) << page;
    EXPECT_TRUE(page.ends_with("</html>\n")) << page;
    EXPECT_TRUE(has(page, "<title>An example – Sallyport</title>")) << page;
    EXPECT_TRUE(has(page, "value=\"ada@example.com\"")) << page;
    EXPECT_TRUE(has(page, "3 tries are left.")) << page;
    EXPECT_FALSE(has(page, "summary")) << page;
    EXPECT_EQ(page.find("{{"), std::string::npos);
}

TEST(Page, SpeaksArabic)
{
    Page surroundings;
    surroundings.language = Language::ar;
    const std::string page = html(example(), surroundings);
    EXPECT_TRUE(has(page, "<html lang=\"ar\" dir=\"rtl\">")) << page;
    EXPECT_TRUE(has(page, "\u2068localhost\u2069")) << page;
}

TEST(Page, EscapesEverywhere)
{
    auto view = example();
    view.email = nasty;
    view.problem = nasty;
    view.next = std::string("javascript:alert(1)");
    view.methods.push_back({nasty, "//evil.example", std::nullopt});
    view.methods.push_back({"..", "/fine?a=1&b=2", from_unix_ms(0)});
    view.codes.push_back(Secret::from_text(nasty));
    Page surroundings;
    surroundings.brand = nasty;
    surroundings.host = nasty;
    const std::string page = html(view, surroundings);
    EXPECT_FALSE(has(page, "<script>")) << page;
    EXPECT_FALSE(has(page, "href=\"javascript:")) << page;
    EXPECT_FALSE(has(page, "evil.example")) << page;
    EXPECT_TRUE(has(page, "href=\"about:invalid#blocked\"")) << page;
    EXPECT_TRUE(has(page, "href=\"/fine?a=1&amp;b=2\"")) << page;
    EXPECT_TRUE(has(page, "href=\"/example/-?again=%22%3E%3Cscript%3E")) << page;
    EXPECT_TRUE(has(page, "January 1, 1970")) << page;
}

TEST(Page, ShowsProblemsThreeTimes)
{
    auto view = example();
    view.problems.add("email", Msg::example_tries, {{"count", std::int64_t{1}}});
    const std::string page = html(view);
    EXPECT_TRUE(has(page, "<title>Problem: An example")) << page;
    EXPECT_TRUE(has(page, "<a href=\"#email\">1 try is left.</a>")) << page;
    EXPECT_TRUE(has(page, "<p class=\"problem\" id=\"email_problem\">1 try is left.</p>")) << page;
    EXPECT_TRUE(has(page, "aria-describedby=\"email_hint email_problem\"")) << page;
    EXPECT_TRUE(has(page, "aria-invalid=\"true\"")) << page;
}

TEST(Page, WritesTheSameAsJson)
{
    auto view = example();
    view.blocked_until = from_unix_ms(1'800'000'000'000);
    view.wait = std::chrono::minutes(2);
    view.methods.push_back({"</script>", "/a", std::nullopt});
    view.problems.add("email", Msg::example_blocked,
                      {{"time", ClockTime{from_unix_ms(0)}}, {"wait", Duration{1000}}});
    std::string out;
    write_json(view, out);
    EXPECT_EQ(out, R"({"email":"ada@example.com","problem":null,"problems":[{"field":"email",)"
                   R"("message":{"code":"example.blocked","time":"1970-01-01T00:00:00Z","wait":1}}],)"
                   R"("blocked_until":"2027-01-15T08:00:00Z","wait":120,"show_code":false,"tries_left":3,)"
                   R"("next":"/account","methods":[{"label":"\u003C/script\u003E","href":"/a",)"
                   R"("last_used":null}],"codes":[]})");
}

TEST(Mail, HasTwoEqualParts)
{
    views::MailExample view;
    view.device = "Firefox\r\nBcc: x <b>";
    view.at = from_unix_ms(1'800'000'000'000);
    Letter letter;
    letter.zone = "Europe/Lisbon";
    letter.brand = "Exchange\r\nBcc: evil@example.com";
    std::string out;
    write_mail_html(view, letter, out);
    EXPECT_TRUE(has(out, "Bcc: x &lt;b&gt;")) << out;
    std::string plain;
    write_mail_text(view, letter, plain);
    EXPECT_TRUE(has(plain, "Somebody signed in with Firefox Bcc: x <b> on January 15, 2027 at 8:00"))
        << plain;
    EXPECT_EQ(mail_subject(view, letter), "New sign-in to your Exchange Bcc: evil@example.com account");
}

}  // namespace
}  // namespace sallyport::render
