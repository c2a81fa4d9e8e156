#pragma once
// A limit takes both ends of its range and nothing beyond, and the fault is named.
#include <gtest/gtest.h>

namespace sallyport::policy {

template <class Limits, class T>
void expect_range(T Limits::* field, T least, T most, const char* name)
{
    Limits limits;
    EXPECT_EQ(first_out_of_range(limits), nullptr);
    for (const T good : {least, most}) {
        limits.*field = good;
        EXPECT_EQ(first_out_of_range(limits), nullptr) << name;
    }
    for (const T bad : {least - T{1}, most + T{1}}) {
        limits.*field = bad;
        EXPECT_STREQ(first_out_of_range(limits), name);
    }
}

}  // namespace sallyport::policy
