// Every mail of up to four parts, and every combination of facts.
#include "policy/mail_checks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace sallyport::policy::mail_checks {
namespace {

constexpr Instant now = from_unix_ms(1'795'336'301'000);
constexpr std::array parts{Part::unchecked, Part::same, Part::differs, Part::missing, Part::added};
constexpr std::array comparisons{Compared::nothing, Compared::some, Compared::all, Compared::differs};
constexpr std::array signatures{Signature::none, Signature::broken, Signature::body_differs,
                                Signature::whole};

TEST(MailChecksModel, APartThatIsNotAsSentIsNeverPassedOver)
{
    int mails = 0;
    for (std::size_t count = 0; count <= 4; ++count) {
        std::size_t codes = 1;
        for (std::size_t i = 0; i < count; ++i) codes *= parts.size();
        for (std::size_t code = 0; code < codes; ++code) {
            std::vector<Part> mail;
            for (std::size_t i = 0, left = code; i < count; ++i, left /= parts.size())
                mail.push_back(parts[left % parts.size()]);
            const auto has = [&](Part part) { return std::ranges::find(mail, part) != mail.end(); };
            const bool wrong = has(Part::differs) || has(Part::missing) || has(Part::added);
            const Compared said = compare(mail);
            EXPECT_EQ(said == Compared::differs, wrong);
            if (wrong) continue;
            EXPECT_EQ(said == Compared::nothing, !has(Part::same));
            EXPECT_EQ(said == Compared::all, has(Part::same) && !has(Part::unchecked));
            EXPECT_EQ(said == Compared::some, has(Part::same) && has(Part::unchecked));
            ++mails;
        }
    }
    EXPECT_EQ(mails, 1 + 2 + 4 + 8 + 16);
}

struct Case {
    Facts facts;
    Verdict verdict;
};
std::vector<Case> all_cases()
{
    std::vector<Case> cases;
    for (const bool number : {false, true})
        for (const bool quoted : {false, true})
            for (const Compared compared : comparisons)
                for (const Signature signature : signatures)
                    for (const Duration left : {-Duration{1}, Duration{0}, Duration{1}})
                        for (const bool to : {false, true}) {
                            const Facts facts{number, quoted, compared, signature, now + left, to};
                            cases.push_back({facts, judge(facts, now)});
                        }
    return cases;
}

TEST(MailChecksModel, NothingThatIsNotOursToThisAddressIsMoreThanNeverSent)
{
    for (const auto& [facts, verdict] : all_cases()) {
        const bool signature_counts = !facts.quoted && facts.signed_to_recipient &&
                                      now < facts.signature_ends &&
                                      facts.signature >= Signature::body_differs;
        EXPECT_EQ(verdict == Verdict::never_sent, !facts.number_right && !signature_counts);
    }
}

TEST(MailChecksModel, GenuineNeedsAllOfTheHashesOrASignatureWhereThereAreNone)
{
    int genuine = 0;
    for (const auto& [facts, verdict] : all_cases()) {
        if (verdict != Verdict::genuine) continue;
        ++genuine;
        EXPECT_FALSE(facts.quoted) << "a text around it is not ours";
        const bool by_hashes = facts.number_right && facts.compared == Compared::all;
        const bool by_signature =
            facts.signature == Signature::whole &&
            (facts.number_right ? facts.compared == Compared::nothing
                                : facts.signed_to_recipient && facts.signature_ends > now);
        EXPECT_TRUE(by_hashes || by_signature);
    }
    // All hashes: four signatures, three ends, two recipients. None kept: a whole one, whatever its end and
    // recipient. No number: four comparisons that nobody could make, one end.
    EXPECT_EQ(genuine, 4 * 3 * 2 + 3 * 2 + 4);
}

TEST(MailChecksModel, AlteredIsWhatDiffersFromTheHashesOrFromTheSignature)
{
    int altered = 0;
    for (const auto& [facts, verdict] : all_cases()) {
        if (verdict != Verdict::altered) continue;
        ++altered;
        EXPECT_FALSE(facts.quoted) << "forwarding rewrites a quoted mail: that is not held against it";
        const bool by_hashes = facts.number_right && facts.compared == Compared::differs;
        EXPECT_TRUE(by_hashes || facts.signature == Signature::body_differs);
    }
    EXPECT_EQ(altered, 4 * 3 * 2 + 3 * 2 + 4);
}

TEST(MailChecksModel, WhatWasQuotedIsPartlyKnown)
{
    for (const auto& [facts, verdict] : all_cases())
        if (facts.quoted) {
            EXPECT_EQ(verdict, facts.number_right ? Verdict::partly : Verdict::never_sent);
        }
}

TEST(MailChecks, WhatNobodyFilledInWasNeverSent)
{
    const Facts facts;
    EXPECT_FALSE(facts.number_right || facts.quoted || facts.signed_to_recipient);
    EXPECT_EQ(facts.compared, Compared::nothing);
    EXPECT_EQ(facts.signature, Signature::none);
    EXPECT_EQ(facts.signature_ends, Instant{});
    EXPECT_EQ(judge(facts, now), Verdict::never_sent);
    EXPECT_EQ(Verdict{}, Verdict::never_sent);
    EXPECT_EQ(Part{}, Part::unchecked);
}

}  // namespace
}  // namespace sallyport::policy::mail_checks
