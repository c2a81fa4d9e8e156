// Every set of facts there is.
#include "policy/phones.h"

#include <gtest/gtest.h>

namespace sallyport::policy::phones {
namespace {

constexpr Level levels[] = {Level::none, Level::aal1, Level::aal2, Level::aal3};

TEST(PhonesModel, AWeakFactorComesOnlyAtTheAccountsHighestAndByAStepUp)
{
    const Limits limits;
    EXPECT_EQ(limits.phones_max, 2);
    int allowed = 0;
    for (const Deed deed : {Deed::add_phone, Deed::change_phone, Deed::start_mail_codes})
        for (const bool taken : {false, true})
            for (const Level session : levels)
                for (const Level highest : levels)
                    for (const bool stepped_up : {false, true})
                        for (const std::int64_t phones : {0, 1, 2, 3})
                            for (const bool held : {false, true}) {
                                const Facts facts{deed, taken, session, highest, stepped_up, phones, held};
                                const Answer answer = may(facts, limits);
                                const bool level = policy::may(session, policy::Deed::add_factor, highest);
                                const bool room = deed != Deed::add_phone || phones < 2;
                                const bool good = taken && level && !held && room;
                                EXPECT_EQ(answer == Answer::allowed, good && stepped_up);
                                EXPECT_EQ(answer == Answer::needs_step_up, good && !stepped_up);
                                EXPECT_EQ(answer == Answer::method_not_taken, !taken);
                                EXPECT_EQ(answer == Answer::needs_level, taken && !level);
                                EXPECT_EQ(answer == Answer::held_already, taken && level && held);
                                EXPECT_EQ(answer == Answer::too_many, taken && level && !held && !room);
                                allowed += answer == Answer::allowed ? 1 : 0;
                            }
    EXPECT_GT(allowed, 0);
}

TEST(PhonesModel, EveryKindOfNumberIsReachedOneWayOrRefused)
{
    using challenge::NumberKind;
    struct Row {
        NumberKind kind;
        Reach without, with_calls;
    };
    const Row rows[] = {{NumberKind::mobile, Reach::text, Reach::text_or_call},
                        {NumberKind::fixed_or_mobile, Reach::text, Reach::text_or_call},
                        {NumberKind::voip, Reach::text, Reach::text},
                        {NumberKind::landline, Reach::nothing, Reach::call},
                        {NumberKind::premium, Reach::nothing, Reach::nothing},
                        {NumberKind::other, Reach::nothing, Reach::nothing}};
    for (const Row& row : rows) {
        EXPECT_EQ(reach_of(row.kind, false), row.without);
        EXPECT_EQ(reach_of(row.kind, true), row.with_calls);
        EXPECT_TRUE(reach_of(row.kind, false) <= Reach::text) << "nobody is called where nobody calls";
    }
    EXPECT_FALSE(challenge::SmsFacts{}.calls_made) << "not unless said";
}

}  // namespace
}  // namespace sallyport::policy::phones
