// What is ours, what is not, and above all what only looks as if.
#include "slices/messages/official_names.h"

#include <gtest/gtest.h>

namespace sallyport::messages {
namespace {

const OfficialNames names{{"exchange.example", "accounts.exchange.example"},
                          {"accounts@exchange.example"},
                          {"Exchange"},
                          {"+351211234567"},
                          {"@exchange_help on social.example"},
                          {"Exchange App, com.example.exchange"}};

TEST(OfficialNames, WhatStandsInTheListIsOurs)
{
    const struct {
        const char* typed;
        const char* entry;
    } rows[] = {{"exchange.example", "exchange.example"},
                {"  Exchange.EXAMPLE. ", "exchange.example"},
                {"https://accounts.exchange.example/signin?x=1#y", "accounts.exchange.example"},
                {"accounts.exchange.example:443/verify", "accounts.exchange.example"},
                {"Accounts@Exchange.example", "accounts@exchange.example"},
                {"exchange", "Exchange"},
                {"+351 21 123 45 67", "+351211234567"},
                {"00351 211-234-567", "+351211234567"},
                {"+٣٥١ ٢١١٢٣٤٥٦٧", "+351211234567"},
                {"@exchange_help", "@exchange_help on social.example"},
                {"exchange_help", "@exchange_help on social.example"},
                {"@Exchange_Help on social.example", "@exchange_help on social.example"},
                {"exchange app", "Exchange App, com.example.exchange"},
                {"com.example.exchange", "Exchange App, com.example.exchange"}};
    for (const auto& row : rows) {
        const auto answer = look_up(names, row.typed);
        ASSERT_TRUE(answer.has_value()) << row.typed;
        EXPECT_EQ(answer->ours, std::vector<std::string>{row.entry}) << row.typed;
        EXPECT_FALSE(answer->closest || answer->looks_the_same || answer->hidden) << row.typed;
    }
}

TEST(OfficialNames, WhatOnlyLooksLikeItIsNot)
{
    const struct {
        const char* typed;
        const char* closest;
        bool looks_the_same;
    } rows[] = {
        {"exсhange.example", "exchange.example", true},  // Cyrillic es
        {"ехсhаngе.example", "exchange.example", true},  // four Cyrillic letters
        {"xn--exhange-zjg.example", "exchange.example", true},
        {"https://xn--exhange-zjg.example/signin", "exchange.example", true},
        {"ｅxchange.example", "exchange.example", true},
        {"exchange。example", "exchange.example", true},  // ideographic full stop
        {"exchnage.example", "exchange.example", false},
        {"exchange.exarnple", "exchange.example", true},  // r and n
        {"exchange.example.evil.example", "exchange.example", false},
        {"https://exchange.example@evil.example/", nullptr, false},
        {"https://evil.example\\@exchange.example/", nullptr, false},
        {"accounts@exchange.exampie", "accounts@exchange.example", false},
        {"accоunts@exchange.example", "accounts@exchange.example", true},  // Cyrillic o
        {"@exchange_heIp", "@exchange_help on social.example", true},      // I for l
        {"Exchаnge", "Exchange", true},
        {"+351211234568", nullptr, false},
        {"market.example", nullptr, false},
        {"mail.exchange.example", "exchange.example", false},
        {"<script>alert(1)</script>", nullptr, false},
    };
    for (const auto& row : rows) {
        const auto answer = look_up(names, row.typed);
        ASSERT_TRUE(answer.has_value()) << row.typed;
        EXPECT_TRUE(answer->ours.empty()) << row.typed;
        EXPECT_FALSE(answer->hidden) << row.typed;
        if (row.closest == nullptr) continue;  // whatever is named is text only
        EXPECT_EQ(answer->closest, row.closest) << row.typed;
        EXPECT_EQ(answer->looks_the_same, row.looks_the_same) << row.typed;
    }
}

TEST(OfficialNames, WhatNobodySeesIsSaid)
{
    for (const char* typed : {"exchange\u200b.example", "\u202eelpmaxe.egnahcxe\u202c",
                              "exchange.exa\u00admple", "+351\u200d211234567"}) {
        const auto answer = look_up(names, typed);
        ASSERT_TRUE(answer.has_value());
        EXPECT_TRUE(answer->ours.empty() && answer->hidden) << typed;
    }
}

TEST(OfficialNames, NothingIsNoQuestion)
{
    for (const std::string& typed : {std::string(), std::string(" \t "), std::string("\xff"),
                                     std::string(typed_name_bytes_max + 1, 'a')})
        EXPECT_FALSE(look_up(names, typed).has_value());
    const auto none = look_up({}, "exchange.example");
    ASSERT_TRUE(none.has_value());
    EXPECT_TRUE(none->ours.empty() && !none->closest);
}

}  // namespace
}  // namespace sallyport::messages
