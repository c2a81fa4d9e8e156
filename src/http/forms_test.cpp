#include "http/forms.h"

#include <gtest/gtest.h>

namespace sallyport::http {
namespace {

TEST(Forms, ReadsUrlencodedFields)
{
    const auto fields = parse_urlencoded("email=a%40b.example&name=Jos%C3%A9+M&empty=&flag&&last=1");
    ASSERT_TRUE(fields.has_value());
    EXPECT_EQ(fields->get("email"), "a@b.example");
    EXPECT_EQ(fields->get("name"), "José M");
    EXPECT_TRUE(fields->has("empty"));
    EXPECT_TRUE(fields->has("flag"));
    EXPECT_EQ(fields->get("last"), "1");
    EXPECT_FALSE(fields->has("other"));
    EXPECT_EQ(fields->entries().size(), 5U);
}

struct Refused {
    const char* name;
    std::string text;
    FieldsError error;
};

TEST(Forms, RefusesWhatCouldBeReadInTwoWays)
{
    std::string many = "a0=";
    for (std::size_t i = 1; i <= fields_max; ++i) many += "&a" + std::to_string(i) + "=";
    const std::vector<Refused> cases{
        {"name twice", "a=1&a=2", FieldsError::duplicate},
        {"name twice, once escaped", "a=1&%61=2", FieldsError::duplicate},
        {"NUL", "a=1%00", FieldsError::not_text},
        {"raw NUL", std::string("a=\0", 3), FieldsError::not_text},
        {"NUL in a name", "a%00=1", FieldsError::not_text},
        {"broken UTF-8", "a=%ff", FieldsError::not_text},
        {"overlong UTF-8", "a=%c0%af", FieldsError::not_text},
        {"surrogate", "a=%ed%a0%80", FieldsError::not_text},
        {"cut escape", "a=%4", FieldsError::malformed},
        {"escape that is none", "a=%zz", FieldsError::malformed},
        {"too many", many, FieldsError::too_many},
        {"only separators", std::string(5000, '&'), FieldsError::too_many},
        {"long name", std::string(field_name_bytes_max + 1, 'n') + "=1", FieldsError::too_many},
    };
    for (const Refused& c : cases) {
        const auto fields = parse_urlencoded(c.text);
        ASSERT_FALSE(fields.has_value()) << c.name;
        EXPECT_EQ(fields.error(), c.error) << c.name;
    }
}

TEST(Forms, ReadsAFlatJsonObject)
{
    const auto fields =
        parse_json_fields(R"( {"email":"a@b.example","n":12,"big":18446744073709551615,"d":1.50,"yes":true,)"
                          R"("no":false,"esc":"\u00e9\ud83d\ude00\"x"} )");
    ASSERT_TRUE(fields.has_value());
    EXPECT_EQ(fields->get("email"), "a@b.example");
    EXPECT_EQ(fields->get("n"), "12");
    EXPECT_EQ(fields->get("big"), "18446744073709551615");
    EXPECT_EQ(fields->get("d"), "1.50");
    EXPECT_EQ(fields->get("yes"), "true");
    EXPECT_EQ(fields->get("no"), "false");
    EXPECT_EQ(fields->get("esc"), "é😀\"x");
    EXPECT_TRUE(parse_json_fields("{}").has_value());
}

TEST(Forms, RefusesOtherJson)
{
    std::string many = "{\"a\":1";
    for (std::size_t i = 0; i < fields_max; ++i) many += ",\"a" + std::to_string(i) + "\":1";
    const std::vector<Refused> cases{
        {"empty", "", FieldsError::malformed},
        {"blank", "  ", FieldsError::malformed},
        {"array", "[]", FieldsError::malformed},
        {"string", "\"a\"", FieldsError::malformed},
        {"number", "1", FieldsError::malformed},
        {"null", "null", FieldsError::malformed},
        {"null inside", R"({"a":null})", FieldsError::malformed},
        {"nested object", R"({"a":{}})", FieldsError::malformed},
        {"nested array", R"({"a":[1]})", FieldsError::malformed},
        {"name twice", R"({"a":1,"a":2})", FieldsError::duplicate},
        {"name twice, once escaped", R"({"a":1,"\u0061":2})", FieldsError::duplicate},
        {"NUL", R"({"a":"\u0000"})", FieldsError::not_text},
        {"lone surrogate", R"({"a":"\ud800"})", FieldsError::malformed},
        {"broken UTF-8", "{\"a\":\"\xff\"}", FieldsError::not_text},
        {"cut", R"({"a":"1")", FieldsError::malformed},
        {"more behind it", R"({"a":"1"} x)", FieldsError::malformed},
        {"second object", R"({"a":"1"}{})", FieldsError::malformed},
        {"comment", R"({"a":1/* */})", FieldsError::malformed},
        {"trailing comma", R"({"a":1,})", FieldsError::malformed},
        {"too many", many + "}", FieldsError::too_many},
        {"long name", "{\"" + std::string(field_name_bytes_max + 1, 'n') + "\":1}", FieldsError::too_many},
    };
    for (const Refused& c : cases) {
        const auto fields = parse_json_fields(c.text);
        ASSERT_FALSE(fields.has_value()) << c.name;
        EXPECT_EQ(fields.error(), c.error) << c.name;
    }
}

TEST(Forms, TakesTheTypeFromTheHeader)
{
    EXPECT_EQ(parse_body("application/json", R"({"a":"1"})")->get("a"), "1");
    EXPECT_EQ(parse_body("Application/JSON; charset=\"UTF-8\"", R"({"a":"1"})")->get("a"), "1");
    EXPECT_EQ(parse_body("application/x-www-form-urlencoded", "a=1")->get("a"), "1");
    EXPECT_EQ(parse_body("application/x-www-form-urlencoded ; charset=utf-8", "a=1")->get("a"), "1");
    EXPECT_TRUE(parse_body("", "")->empty());
    for (const char* type : {"", "text/plain", "multipart/form-data; boundary=x",
                             "application/x-www-form-urlencoded; charset=latin1", "application/jsonx",
                             "application/json, text/plain", "text/html; application/json"}) {
        const auto fields = parse_body(type, "{\"a\":1}");
        ASSERT_FALSE(fields.has_value()) << type;
        EXPECT_EQ(fields.error(), FieldsError::unsupported_type) << type;
    }
}

TEST(Forms, AMovedFromFormIsEmptyAndATakenOneKeepsItsValues)
{
    auto from = *parse_urlencoded("password=correct+horse");
    Fields to = std::move(from);
    EXPECT_EQ(to.get("password"), "correct horse");
    to = *parse_urlencoded("other=1");
    EXPECT_FALSE(to.has("password"));
    EXPECT_EQ(to.get("other"), "1");
}

}  // namespace
}  // namespace sallyport::http
