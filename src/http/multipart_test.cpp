#include "http/forms.h"

#include <gtest/gtest.h>

namespace sallyport::http {
namespace {

constexpr char type[] = "multipart/form-data; boundary=----x7";

std::string part(const std::string& head, const std::string& content)
{
    return "------x7\r\n" + head + "\r\n\r\n" + content + "\r\n";
}
std::string field(const std::string& name, const std::string& content)
{
    return part("Content-Disposition: form-data; name=\"" + name + "\"", content);
}
std::string file(const std::string& name, const std::string& called, const std::string& content)
{
    return part("Content-Disposition: form-data; name=\"" + name + "\"; filename=\"" + called +
                    "\"\r\nContent-Type: message/rfc822",
                content);
}
const std::string end = "------x7--\r\n";

FieldsError error_of(const std::string& content_type, const std::string& body)
{
    const auto parsed = parse_multipart(content_type, body);
    EXPECT_FALSE(parsed.has_value()) << content_type << body;
    return parsed ? FieldsError{} : parsed.error();
}

TEST(Multipart, HasFieldsAndFiles)
{
    const std::string bytes("a\0\xff\r\n--x\r\n\r\n", 13);
    const auto parsed = parse_multipart(type, field("recipient", "ada@mail.example") + field("source", "") +
                                                  file("mail", "a%22b.eml", bytes) + end);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->fields.get("recipient"), "ada@mail.example");
    EXPECT_TRUE(parsed->fields.has("source"));
    EXPECT_EQ(parsed->fields.get("source"), "");
    ASSERT_EQ(parsed->files.size(), 1U);
    EXPECT_EQ(parsed->files[0].field, "mail");
    EXPECT_EQ(parsed->files[0].content, bytes);
}

TEST(Multipart, AFileThatNobodyChoseIsNone)
{
    const auto none = parse_multipart(type, file("mail", "", "") + end);
    ASSERT_TRUE(none.has_value());
    EXPECT_TRUE(none->files.empty());
    const auto empty = parse_multipart(type, file("mail", "empty.eml", "") + end);
    ASSERT_TRUE(empty.has_value());
    EXPECT_EQ(empty->files.size(), 1U);
    EXPECT_TRUE(parse_multipart(type, end).has_value()) << "a form without fields";
    EXPECT_TRUE(parse_multipart("Multipart/Form-Data ; charset=utf-8; BOUNDARY=\"----x7\"", end).has_value());
}

TEST(Multipart, WhatCanBeReadInTwoWaysIsRefused)
{
    const std::string good = field("a", "1");
    const std::string again = field("a", "2") + end;
    EXPECT_EQ(error_of(type, good + again), FieldsError::duplicate);
    EXPECT_EQ(error_of(type, good + file("a", "f", "2") + end), FieldsError::duplicate);
    EXPECT_EQ(error_of(type, field("a", "\xff") + end), FieldsError::not_text);
    EXPECT_EQ(error_of(type, field("a", std::string("\0", 1)) + end), FieldsError::not_text);
    EXPECT_EQ(error_of(type, field(std::string(65, 'n'), "1") + end), FieldsError::too_many);
    EXPECT_EQ(error_of("text/plain", good + end), FieldsError::unsupported_type);
    for (const std::string& content_type :
         {std::string("multipart/form-data"), std::string("multipart/form-data; boundary="),
          std::string("multipart/form-data; boundary=\"x"), std::string("multipart/form-data; x=y"),
          std::string("multipart/form-data; boundary=\x01")})
        EXPECT_EQ(error_of(content_type, good + end), FieldsError::malformed) << content_type;
    EXPECT_EQ(error_of("multipart/form-data; boundary=" + std::string(71, 'b'), end), FieldsError::malformed);
    for (const std::string& body :
         {std::string(), std::string("------x7"), std::string("x\r\n") + good + end, good,
          good + "------x7--\r\nmore", good + "------x7-", good + "------x7x" + end,
          part("Content-Disposition: attachment; name=\"a\"", "1") + end,
          part("Content-Disposition: form-data", "1") + end,
          part("Content-Disposition: form-data; name=\"a\"; name=\"b\"", "1") + end,
          part("Content-Disposition: form-data; name=\"a\"; filename*=utf-8''x", "1") + end,
          part("Content-Disposition: form-data; name=\"a\" junk", "1") + end,
          part("Content-Disposition: form-data; name=\"a\r\n", "1") + end,
          part("Content-Type: text/plain", "1") + end,
          part("Content-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64", "MQ==") +
              end,
          part("Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"a\"",
               "1") +
              end,
          part("Content-Disposition: form-data; name=\"" + std::string(2000, 'a') + "\"", "1") + end})
        EXPECT_EQ(error_of(type, body), FieldsError::malformed) << body;
}

TEST(Multipart, ItsNumbersAreLimited)
{
    std::string body;
    for (std::size_t i = 0; i < fields_max; ++i) body += field(std::to_string(i), "1");
    EXPECT_TRUE(parse_multipart(type, body + end).has_value());
    EXPECT_EQ(error_of(type, body + field("more", "1") + end), FieldsError::too_many);
    body.clear();
    for (std::size_t i = 0; i < files_max; ++i) body += file(std::to_string(i), "f", "1");
    EXPECT_TRUE(parse_multipart(type, body + end).has_value());
    EXPECT_EQ(error_of(type, body + file("more", "f", "1") + end), FieldsError::too_many);
}

}  // namespace
}  // namespace sallyport::http
