#include "slices/messages/delivery_report.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::messages {
namespace {

using policy::deliverability::Status;
using Kind = DeliveryReport::Kind;

constexpr std::string_view tag = "bounces+0000000001abcdefghjkmnpq@mail.exchange.example";

std::string replaced(std::string text, std::string_view what, std::string_view with)
{
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

/// As Exim 4.96 writes it (RFC 3464), with lines ended by LF.
const std::string dsn = "Return-path: <>\n"
                        "From: Mail Delivery System <Mailer-Daemon@relay.test>\n"
                        "To: " +
                        std::string(tag) +
                        "\n"
                        "Content-Type: multipart/report; report-type=delivery-status; boundary=\"17-dsn-1\"\n"
                        "MIME-Version: 1.0\n"
                        "Subject: Mail delivery failed: returning message to sender\n"
                        "\n"
                        "--17-dsn-1\n"
                        "Content-type: text/plain; charset=us-ascii\n"
                        "\n"
                        "This message was created automatically by mail delivery software.\n"
                        "\n"
                        "--17-dsn-1\n"
                        "Content-type: message/delivery-status\n"
                        "\n"
                        "Reporting-MTA: dns; relay.test\n"
                        "\n"
                        "Action: failed\n"
                        "Final-Recipient: rfc822;ada@mailbox.example\n"
                        "Status: 5.0.0\n"
                        "Diagnostic-Code: smtp; 550 5.1.1 <ada@mailbox.example>:\n"
                        " unknown here\n"
                        "\n"
                        "--17-dsn-1\n"
                        "Content-type: message/rfc822\n"
                        "\n"
                        "Return-path: <" +
                        std::string(tag) +
                        ">\n"
                        "Subject: New sign-in\n"
                        "\n"
                        "Action: failed\n"
                        "--17-dsn-1--\n";

/// RFC 5965, appendix B.2.
const std::string complaint = "From: <abuse@mail.example>\n"
                              "To: <fbl@exchange.example>\n"
                              "Content-Type: multipart/report; report-type=feedback-report;\n"
                              "\tboundary=part1_13d\n"
                              "\n"
                              "--part1_13d\n"
                              "Content-Type: text/plain\n"
                              "\n"
                              "This is an email abuse report.\n"
                              "--part1_13d\n"
                              "Content-Type: message/feedback-report\n"
                              "\n"
                              "Feedback-Type: abuse\n"
                              "Version: 1\n"
                              "Original-Mail-From: <" +
                              std::string(tag) +
                              ">\n"
                              "\n"
                              "--part1_13d\n"
                              "Content-Type: text/rfc822-headers\n"
                              "\n"
                              "Return-Path: <x@y.example>\n"
                              "--part1_13d--\n";

std::string with_crlf(const std::string& text)
{
    std::string out;
    for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return out;
}

TEST(DeliveryReport, ABounceSaysWhyAndOfWhich)
{
    for (const std::string& text : {dsn, with_crlf(dsn)}) {
        const auto report = read_report(text);
        ASSERT_TRUE(report.has_value());
        EXPECT_EQ(report->kind, Kind::bounce);
        EXPECT_EQ(report->status, (Status{5, 1, 1})) << "where the status says nothing, the diagnostic does";
        EXPECT_EQ(report->tagged, (std::vector<std::string>{std::string(tag), std::string(tag)}));
    }
    EXPECT_EQ(read_report(replaced(dsn, "5.0.0", "4.4.7 (timed out)"))->status, (Status{4, 4, 7}));
    EXPECT_EQ(read_report(replaced(dsn, "Status: 5.0.0\n", ""))->status, (Status{5, 1, 1}));
    EXPECT_EQ(read_report(replaced(dsn, "smtp; 550 5.1.1", "x-unix; gone"))->status, (Status{5, 0, 0}));
}

TEST(DeliveryReport, AComplaintNamesTheEnvelope)
{
    for (const std::string& text : {complaint, with_crlf(complaint)}) {
        const auto report = read_report(text);
        ASSERT_TRUE(report.has_value());
        EXPECT_EQ(report->kind, Kind::complaint);
        EXPECT_EQ(report->tagged,
                  (std::vector<std::string>{std::string(tag), "fbl@exchange.example", "x@y.example"}));
    }
    for (const char* harmless : {"not-spam", "auth-failure", "dmarc", ""})
        EXPECT_FALSE(read_report(replaced(complaint, ": abuse", ": " + std::string(harmless)))) << harmless;
    for (const char* harm : {"fraud", "Virus", "opt-out"})
        EXPECT_TRUE(read_report(replaced(complaint, ": abuse", ": " + std::string(harm)))) << harm;
}

TEST(DeliveryReport, WhatIsNoFailureIsNone)
{
    for (const char* action : {"delayed", "delivered", "relayed", "expanded", "", "failed-not", "FAILEDD"})
        EXPECT_FALSE(read_report(replaced(dsn, "Action: failed", "Action: " + std::string(action))))
            << action;
    EXPECT_TRUE(read_report(replaced(dsn, "Action: failed", "ACTION:  Failed")));
    const std::string both =
        replaced(dsn, "\n--17-dsn-1\nContent-type: message/rfc822",
                 "\nAction: delivered\nStatus: 2.0.0\n\n--17-dsn-1\nContent-type: message/rfc822");
    EXPECT_FALSE(read_report(both)) << "somebody got it";
    EXPECT_FALSE(read_report(replaced(dsn, "multipart/report", "multipart/mixed")));
    EXPECT_FALSE(read_report(replaced(dsn, "boundary=\"17-dsn-1\"", "boundary=\"18\"")));
    EXPECT_FALSE(read_report(replaced(dsn, "boundary=\"17-dsn-1\"", "boundary=\"\"")));
    EXPECT_FALSE(read_report(replaced(dsn, "; boundary=\"17-dsn-1\"", "")));
    EXPECT_FALSE(read_report(replaced(dsn, "message/delivery-status", "text/plain")));
    EXPECT_FALSE(read_report(""));
    EXPECT_FALSE(read_report("Subject: Out of office\n\nI am away. Action: failed\n"));
}

/// Two reports in one, and a report inside another: nobody's software writes that.
TEST(DeliveryReport, NoPartIsOpenedTwice)
{
    const std::string part = "--17-dsn-1\nContent-type: message/delivery-status\n\nA: b\n\nAction: failed\n"
                             "Status: 5.1.1\n\n";
    EXPECT_FALSE(read_report(replaced(dsn, "--17-dsn-1\nContent-type: message/rfc822",
                                      part + "--17-dsn-1\nContent-type: message/rfc822")));
    EXPECT_FALSE(
        read_report("Content-Type: multipart/report; boundary=a\n\n--a\n"
                    "Content-Type: multipart/report; boundary=b\n\n--b\n"
                    "Content-Type: message/delivery-status\n\nA: b\n\nAction: failed\nStatus: 5.1.1\n"
                    "--b--\n--a--\n"));
}

TEST(DeliveryReport, HasLimits)
{
    const std::string much(report_bytes_max, 'x');
    EXPECT_TRUE(read_report(replaced(dsn, "Subject: New sign-in\n", "Subject: New sign-in\n\n" + much)));
    EXPECT_FALSE(read_report(replaced(dsn, "This message", much))) << "what counts is beyond the limit";
    std::string fields;
    for (int i = 0; i < 10'000; ++i) fields += "X-" + std::to_string(i) + ": y\n";
    EXPECT_FALSE(read_report(fields + dsn)) << "the header has too many fields";
    std::string parts;
    for (int i = 0; i < 8; ++i) parts += "--17-dsn-1\nContent-type: text/plain\n\n\n";
    EXPECT_FALSE(read_report(replaced(dsn, "--17-dsn-1\n", parts + "--17-dsn-1\n")));
    const std::string long_boundary(71, 'b');
    std::string renamed = dsn;
    for (std::size_t at = renamed.find("17-dsn-1"); at != std::string::npos;
         at = renamed.find("17-dsn-1", at + long_boundary.size()))
        renamed.replace(at, 8, long_boundary);
    EXPECT_FALSE(read_report(renamed));
    const auto long_folded = read_report(replaced(dsn, " unknown here", " " + std::string(100'000, 'z')));
    ASSERT_TRUE(long_folded.has_value());
    EXPECT_EQ(long_folded->status, (Status{5, 1, 1}));
    // Cut anywhere, it is read to its end and no further.
    for (std::size_t bytes = 0; bytes < dsn.size(); ++bytes) (void)read_report(dsn.substr(0, bytes));
    for (std::size_t bytes = 0; bytes < complaint.size(); ++bytes)
        (void)read_report(complaint.substr(0, bytes));
}

TEST(DeliveryReport, ParametersAreQuotedOrNot)
{
    const auto with = [](const std::string& parameters) {
        return read_report(replaced(dsn, "; report-type=delivery-status; boundary=\"17-dsn-1\"", parameters));
    };
    EXPECT_TRUE(with("; boundary=17-dsn-1"));
    EXPECT_TRUE(with(";BOUNDARY = \"17-dsn-1\" ; x=y"));
    EXPECT_TRUE(with("; x=\"; boundary=no\"; boundary=\"17\\-dsn-1\""));
    EXPECT_TRUE(with("; x; boundary=17-dsn-1"));
    EXPECT_FALSE(with("; boundary"));
    EXPECT_FALSE(with("; boundary="));
    EXPECT_FALSE(with("; boundary=\"17-dsn-1"
                      "x"));
}

TEST(DeliveryReport, Statuses)
{
    EXPECT_EQ(parse_status("5.1.1"), (Status{5, 1, 1}));
    EXPECT_EQ(parse_status(" 4.4.7 (too long)"), (Status{4, 4, 7}));
    EXPECT_EQ(parse_status("5.7.509"), (Status{5, 7, 509}));
    for (const char* wrong : {"", "5", "5.1", "5..1", "5.1.", ".1.1", "5.1.x", "5.1.1000", "6.1.1", "1.1.1",
                              "5.1.1.1", "55.1.1", "-5.1.1", "5.1000.1"})
        EXPECT_EQ(parse_status(wrong), Status{}) << wrong;
}

TEST(DeliveryReport, RepliesOfRelays)
{
    EXPECT_EQ(status_in_reply("550 5.1.1 (address) is unknown here"), (Status{5, 1, 1}));
    EXPECT_EQ(status_in_reply("550-5.1.1 The account does not exist"), (Status{5, 1, 1}));
    EXPECT_EQ(status_in_reply("550 mailbox unavailable"), (Status{5, 0, 0}));
    EXPECT_EQ(status_in_reply("550 4.1.1 which?"), (Status{5, 0, 0})) << "of another class";
    EXPECT_EQ(status_in_reply("550"), (Status{5, 0, 0}));
    EXPECT_EQ(status_in_reply("RCPT failed: 451; the relay said: 451 4.7.1 greylisted"), (Status{4, 7, 1}));
    for (const char* session : {"503 Bad sequence", "500 5.1.1 what?", "502-5.5.1 no", "the relay said: 504"})
        EXPECT_EQ(status_in_reply(session), (Status{5, 5, 0})) << session;
    EXPECT_EQ(status_in_reply("501 syntax of the address"), (Status{5, 0, 0}));
    EXPECT_EQ(status_in_reply("505 5.1.1"), (Status{5, 1, 1}));
    for (const char* none : {"", "250 2.0.0 taken", "could not connect", "5500 5.1.1", "given up"})
        EXPECT_EQ(status_in_reply(none), Status{}) << none;
}

}  // namespace
}  // namespace sallyport::messages
