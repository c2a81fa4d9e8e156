#include "crypto/webauthn_client_data.h"

#include "crypto/webauthn_json.h"

#include <gtest/gtest.h>

namespace sallyport::crypto {
namespace {

using enum WebauthnRefusal;

const Bytes challenge = to_bytes("0123456789abcdef");
const std::vector<std::string> origins{"https://example.org", "android:apk-key-hash:abc"};
const std::vector<std::string> tops{"https://example.com"};

/// {"type":…,"challenge":…,"origin":… and then `more`}
std::string client_data(const std::string& more = "", const std::string& origin = "https://example.org")
{
    return R"({"type":"webauthn.get","challenge":")" + to_base64url(challenge) + R"(","origin":")" + origin +
           "\"" + more + "}";
}

std::optional<WebauthnRefusal> refusal_of(const std::string& text, bool cross_origin = false)
{
    const auto data = read_client_data(as_bytes(text));
    if (!data) return data.error();
    return check_client_data(*data, type_get,
                             {.challenge = challenge,
                              .rp_id = "example.org",
                              .origins = origins,
                              .cross_origin = cross_origin,
                              .top_origins = tops});
}

TEST(ClientData, AcceptsWhatBrowsersSend)
{
    for (const std::string& text :
         {client_data(), client_data(R"(,"crossOrigin":false)"), client_data("", "android:apk-key-hash:abc"),
          client_data("", R"(https:\/\/example.org)"), client_data("", R"(https:\u002f\u002Fexample.org)"),
          client_data(R"(,"tokenBinding":{"status":"supported"},"n":[-0.5e+3,0,1E9,null,true,{"a":{}},[]])"),
          client_data(R"(,"other":"\ud83d\ude00 \b\f\n\r\t\"\\")"), " \t\r\n" + client_data() + " \n"}) {
        EXPECT_EQ(refusal_of(text), std::nullopt) << text;
    }
    EXPECT_EQ(refusal_of(client_data(R"(,"crossOrigin":true)"), true), std::nullopt);
    EXPECT_EQ(refusal_of(client_data(R"(,"crossOrigin":true,"topOrigin":"https://example.com")"), true),
              std::nullopt);
}

struct Row {
    std::string text;
    WebauthnRefusal refusal;
};
const std::string good_challenge = to_base64url(challenge);
const Row refused_data[] = {
    {client_data("", std::string(client_data_bytes_max, 'x')), client_data_too_large},
    {"", client_data_malformed},
    {"null", client_data_malformed},
    {"[]", client_data_malformed},
    {client_data() + "x", client_data_malformed},
    {client_data() + client_data(), client_data_malformed},
    {"\xef\xbb\xbf" + client_data(), client_data_malformed},
    {client_data(","), client_data_malformed},
    {client_data(R"(,"a":01)"), client_data_malformed},
    {client_data(R"(,"a":.5)"), client_data_malformed},
    {client_data(R"(,"a":1.)"), client_data_malformed},
    {client_data(R"(,"a":1e)"), client_data_malformed},
    {client_data(R"(,"a":-)"), client_data_malformed},
    {client_data(R"(,"a":+1)"), client_data_malformed},
    {client_data(R"(,"a":NaN)"), client_data_malformed},
    {client_data(R"(,"a":True)"), client_data_malformed},
    {client_data(R"(,"a":[1,])"), client_data_malformed},
    {client_data(R"(,"a":{,})"), client_data_malformed},
    {client_data(R"(,"a":{"b"})"), client_data_malformed},
    {client_data(R"(,a:1)"), client_data_malformed},
    {client_data(R"(,'a':1)"), client_data_malformed},
    {client_data(R"(/**/)"), client_data_malformed},
    {client_data(R"(,"a":"\x41")"), client_data_malformed},
    {client_data(R"(,"a":"\u12")"), client_data_malformed},
    {client_data(R"(,"a":"\ud83d")"), client_data_malformed},
    {client_data(R"(,"a":"\ude00")"), client_data_malformed},
    {client_data(R"(,"a":"\ud83dA")"), client_data_malformed},
    {client_data(R"(,"a":"\u0000")"), client_data_malformed},
    {client_data(",\"a\":\"\n\""), client_data_malformed},
    {client_data(",\"a\":\"\xff\""), client_data_malformed},
    {client_data(R"(,"a":"b)"), client_data_malformed},
    {client_data(R"(,"type":"webauthn.get")"), client_data_name_twice},
    {client_data(R"(,"\u0074ype":"webauthn.get")"), client_data_name_twice},
    {client_data(R"(,"a":[[[[[[[[1]]]]]]]])"), client_data_too_large},
    {R"({"type":"webauthn.get","challenge":")" + good_challenge + "\"}", client_data_incomplete},
    {R"({"type":"webauthn.get","origin":"https://example.org"})", client_data_incomplete},
    {R"({"challenge":")" + good_challenge + R"(","origin":"https://example.org"})", client_data_incomplete},
    {R"({"type":["webauthn.get"],"challenge":"","origin":""})", client_data_incomplete},
    {client_data(R"(,"crossOrigin":"true")"), client_data_incomplete},
    {client_data(R"(,"crossOrigin":null)"), client_data_incomplete},
    {client_data(R"(,"topOrigin":["https://example.com"])"), client_data_incomplete},
    {R"({"type":"webauthn.create","challenge":"","origin":""})", type_wrong},
    {R"({"type":"payment.get","challenge":"","origin":""})", type_wrong},
    {R"({"type":"webauthn.get","challenge":"","origin":""})", challenge_wrong},
    {R"({"type":"webauthn.get","challenge":")" + good_challenge + R"(=","origin":""})", challenge_wrong},
    {R"({"type":"webauthn.get","challenge":"AAAAAAAAAAAAAAAAAAAAAA","origin":""})", challenge_wrong},
    {client_data("", "https://example.org/"), origin_wrong},
    {client_data("", "https://example.org.evil.test"), origin_wrong},
    {client_data("", "http://example.org"), origin_wrong},
    {client_data("", "https://EXAMPLE.org"), origin_wrong},
    {client_data("", "https://login.example.org"), origin_wrong},
    {client_data("", "https://example.org:8443"), origin_wrong},
    {client_data("", ""), origin_wrong},
    {client_data(R"(,"crossOrigin":true)"), cross_origin_refused},
    {client_data(R"(,"topOrigin":"https://example.com")"), top_origin_wrong},
    {client_data(R"(,"crossOrigin":false,"topOrigin":"https://example.com")"), top_origin_wrong},
};

TEST(ClientData, EveryCheckRefuses)
{
    for (const Row& row : refused_data) EXPECT_EQ(refusal_of(row.text), row.refusal) << row.text;
    EXPECT_EQ(refusal_of(client_data(R"(,"crossOrigin":true,"topOrigin":"https://evil.test")"), true),
              top_origin_wrong);
    std::string many = "{";
    for (std::size_t i = 0; i <= json_members_max; ++i) many += "\"" + std::to_string(i) + "\":0,";
    many.back() = '}';
    EXPECT_EQ(refusal_of(many), client_data_too_large);
}

TEST(ClientData, UnescapesToUtf8)
{
    const auto members = read_json_object(R"({"a":"\u00e9\u20AC\ud83d\ude00","b":true,"c":7})");
    ASSERT_TRUE(members.has_value());
    EXPECT_EQ(std::get<std::string>((*members)[0].value), "\u00e9\u20ac\U0001f600");
    EXPECT_TRUE(std::get<bool>((*members)[1].value));
    EXPECT_TRUE(std::holds_alternative<JsonMember::Other>((*members)[2].value));
}

}  // namespace
}  // namespace sallyport::crypto
