#pragma once
// A use case with each of its calls to the database failing once: before the call reaches the engine, and
// with its answer lost.
#include "base/check.h"
#include "support/failing_database.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::db::test {

/// Runs `one(name, attempt)` for the first, second … call, twice each; `name` is new each time. It prepares,
/// passes what shall fail to `attempt`, which says whether it went through, and looks at what is left.
template <class One>
void with_each_call_failing(FailingDatabase& database, std::uint64_t calls_min, One one)
{
    using When = FailingDatabase::When;
    for (const When when : {When::before, When::after}) {
        bool ran_out = false;
        std::uint64_t call = 0;
        while (!ran_out) {
            ++call;
            const std::string name = (when == When::before ? "before" : "after") + std::to_string(call);
            SCOPED_TRACE(name);
            one(name, [&](auto act) {
                bool failed = false;
                database.fail_call(call, when);
                try {
                    act();
                } catch (const Unavailable&) {
                    failed = true;
                }
                ran_out = database.calls() < call;
                database.fail_call(0);
                EXPECT_EQ(failed, !ran_out);
                return !failed;
            });
            if (testing::Test::HasFatalFailure()) return;  // `one` ended before its attempt
            if (ran_out) {
                EXPECT_GT(call, calls_min);
            }
        }
    }
}

}  // namespace sallyport::db::test
