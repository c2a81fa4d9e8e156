// What a reported fake names, and how forgers write it.
#include "slices/messages/fake_names.h"

#include "slices/messages/host_name.h"

#include <gtest/gtest.h>

#include <set>

namespace sallyport::messages {
namespace {

using store::FakeName;
using store::FakeNameKind;
using Names = std::set<std::string>;

Names named(const std::vector<FakeName>& all, FakeNameKind kind)
{
    Names names;
    for (const FakeName& one : all)
        if (one.kind == kind) names.insert(one.name);
    return names;
}
Names hosts_in(std::string_view text)
{
    FakeNames names;
    names.read_text(text);
    return named(names.take(), FakeNameKind::host);
}
Names senders_in(std::string_view text)
{
    FakeNames names;
    names.read_text(text);
    return named(names.take(), FakeNameKind::sender);
}

TEST(HostName, IsAsDnsHasIt)
{
    EXPECT_EQ(host_name("Login.EVIL.com"), "login.evil.com");
    EXPECT_EQ(host_name("evil.com."), "evil.com");
    EXPECT_EQ(host_name("bücher.de"), "xn--bcher-kva.de");
    EXPECT_EQ(host_name("evil\u3002com"), "evil.com") << "an ideographic stop is a dot to browsers";
    EXPECT_EQ(host_name("192.0.2.7"), "192.0.2.7");
    for (const char* const none :
         {"", "localhost", "evil", "999.0.2.7", "1.2", "a b.com", "evil..com", "-evil.com", "\xff.com", "."})
        EXPECT_EQ(host_name(none), std::nullopt) << none;
    EXPECT_EQ(host_name(std::string(250, 'a') + ".com"), std::nullopt) << "longer than DNS has them";
    EXPECT_EQ(host_name(std::string_view("evil\0.com", 9)), std::nullopt);
}

TEST(HostName, IsCountedByWhatSomebodyRegistered)
{
    EXPECT_EQ(registered_name("a.b.evil.co.uk"), "evil.co.uk");
    EXPECT_EQ(registered_name("evil.com"), "evil.com");
    EXPECT_EQ(registered_name("x.evil.github.io"), "evil.github.io") << "rented names are somebody's own";
    EXPECT_EQ(registered_name("192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(registered_name("co.uk"), "co.uk");
    EXPECT_TRUE(is_registrable("evil.com"));
    EXPECT_TRUE(is_registrable("192.0.2.7"));
    EXPECT_FALSE(is_registrable("co.uk"));
    EXPECT_FALSE(is_registrable("report.txt")) << "a file, not a host";
}

TEST(FakeNames, HostsStandInTextsInManyForms)
{
    EXPECT_EQ(hosts_in("Sign in at https://login.evil.com/a?b=c, now!"), Names{"login.evil.com"});
    EXPECT_EQ(hosts_in("go to evil-exchange.com/login."), Names{"evil-exchange.com"});
    EXPECT_EQ(hosts_in("hxxps://evil[.]com/x and bad(.)net"), (Names{"evil.com", "bad.net"}));
    EXPECT_EQ(hosts_in("https://accounts.exchange.example@evil.com:8443/"), Names{"evil.com"})
        << "what stands before an @ is no host";
    EXPECT_EQ(hosts_in("https://evil.com\\@accounts.exchange.example"), Names{"evil.com"});
    EXPECT_EQ(hosts_in("<http://EVIL.com>(http://evil.com)"), Names{"evil.com"}) << "none twice";
    EXPECT_EQ(hosts_in("http://192.0.2.66/x"), Names{"192.0.2.66"});
    EXPECT_EQ(hosts_in("see invoice.txt, e.g. version 1.2.3, at 10:30. Thanks"), Names{});
    EXPECT_EQ(hosts_in("http://localhost/ http:// ://"), Names{});
    EXPECT_EQ(hosts_in(std::string_view("\xff\xfe \0http://evil.com", 19)), Names{"evil.com"});
}

TEST(FakeNames, SendersStandInTexts)
{
    EXPECT_EQ(senders_in("Write to Help@Evil.com."), Names{"help@evil.com"});
    EXPECT_EQ(senders_in("a@b@c @ x@"), Names{});
}

TEST(FakeNames, LinksOfAPageLeadSomewhere)
{
    FakeNames names;
    names.read_html(
        "<!DOCTYPE html><html xmlns=\"http://www.w3.org/1999/xhtml\"><a HREF = 'https://evil.com/x'>"
        "https://accounts.exchange.example</a><form action=//bad.net/post><a href=mailto:a@evil.com"
        "?subject=x><a href='/own'><a href=\"\"><a href=");
    const auto all = names.take();
    EXPECT_EQ(named(all, FakeNameKind::host), (Names{"evil.com", "bad.net"}))
        << "where links lead, and neither what they show nor what describes the page";
    EXPECT_EQ(named(all, FakeNameKind::sender), Names{"a@evil.com"});
}

TEST(FakeNames, AMailNamesItsSenders)
{
    const auto mails = read_upload("From: =?utf-8?q?accounts=40exchange=2Eexample?= <x@evil.com>\r\n"
                                   "Reply-To: answers@bad.net\r\nSender: a@b.net, c@d.net\r\n"
                                   "To: victim@mail.example\r\nContent-Type: text/html\r\n\r\n"
                                   "<a href=\"https://login.evil.com/\">x</a>");
    ASSERT_TRUE(mails.has_value());
    FakeNames names;
    for (const UploadedMail& mail : *mails) names.read_mail(mail);
    const auto all = names.take();
    EXPECT_EQ(named(all, FakeNameKind::sender), (Names{"x@evil.com", "answers@bad.net"}))
        << "never whom it went to";
    EXPECT_EQ(named(all, FakeNameKind::host), Names{"login.evil.com"});
    EXPECT_EQ(std::ranges::find(all, "login.evil.com", &FakeName::name)->cluster, "evil.com");
}

TEST(FakeNames, WhereIsAHostANumberAnAddressOrAName)
{
    const auto where = [](std::string_view typed) {
        FakeNames names;
        names.read_where(typed);
        return names.take();
    };
    const auto one = [](FakeNameKind kind, std::string name, std::string cluster) {
        return std::vector{FakeName{kind, std::move(name), std::move(cluster)}};
    };
    EXPECT_EQ(where(" https://a.evil.com/x "), one(FakeNameKind::host, "a.evil.com", "evil.com"));
    EXPECT_EQ(where("a.evil.com"), one(FakeNameKind::host, "a.evil.com", "evil.com"));
    EXPECT_EQ(where("+351 912 345 678"), one(FakeNameKind::sender, "+351912345678", "+351912345678"));
    EXPECT_EQ(where("X@Evil.com"), one(FakeNameKind::sender, "x@evil.com", "x@evil.com"));
    EXPECT_EQ(where("@Exchange Help"), one(FakeNameKind::sender, "@exchange help", "@exchange help"));
    EXPECT_TRUE(where("").empty());
    EXPECT_TRUE(where("a\u202eb").empty()) << "hidden characters make no name that somebody reads";
    EXPECT_TRUE(where(std::string(300, 'x')).empty());
    EXPECT_TRUE(where("\xff").empty());
}

TEST(FakeNames, AreBounded)
{
    std::string text;
    for (int i = 0; i < 100; ++i)
        text += "https://evil" + std::to_string(i) + ".com/ x" + std::to_string(i) + "@evil.com ";
    FakeNames names;
    names.read_text(text);
    const auto all = names.take();
    EXPECT_EQ(named(all, FakeNameKind::host).size(), fake_hosts_max);
    EXPECT_EQ(named(all, FakeNameKind::sender).size(), fake_senders_max);
}

}  // namespace
}  // namespace sallyport::messages
