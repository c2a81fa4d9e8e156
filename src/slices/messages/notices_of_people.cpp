#include "slices/messages/notices.h"

namespace sallyport::messages {

using render::Msg;

const std::vector<Notice>& notices_of_papers()
{
    static const std::vector<Notice> all{
        {"E40-papers",
         Facts::closed,
         Msg::mails_e40_papers_subject,
         Msg::mails_e40_papers_what,
         {Msg::mails_case_number, Msg::mails_e40_papers_next, Msg::mails_stop_how},
         Msg::mails_e40_if_you,
         Msg::mails_e40_if_not},
        {"E41",
         Facts::closed,
         Msg::mails_e41_subject,
         Msg::mails_e41_what,
         {Msg::mails_case_number, Msg::mails_e41_next, Msg::mails_stop_how},
         Msg::mails_e41_if_you,
         Msg::mails_e41_if_not},
        {"E42",
         Facts::closed,
         Msg::mails_e42_subject,
         Msg::mails_e42_what,
         {Msg::mails_case_number, Msg::mails_e42_where, Msg::mails_stop_how},
         Msg::mails_e42_if_you,
         Msg::mails_e41_if_not},
        {"E43",
         Facts::time_only,
         Msg::mails_e43_subject,
         Msg::mails_e43_what,
         {Msg::mails_case_number, Msg::mails_e43_until, Msg::mails_stop_how},
         Msg::mails_e40_if_you,
         Msg::mails_e40_if_not},
        {"E46",
         Facts::time_only,
         Msg::mails_e46_subject,
         Msg::mails_e46_what,
         {Msg::mails_case_number, Msg::mails_e46_why, Msg::mails_e46_again},
         Msg::mails_e46_if_you,
         Msg::mails_e46_if_not},
        {"E49",
         Facts::time_only,
         Msg::mails_e49_subject,
         Msg::mails_e49_what,
         {Msg::mails_case_number, Msg::mails_e49_kept},
         Msg::mails_e35_over_if_you,
         Msg::mails_e49_if_not},
    };
    return all;
}

const std::vector<Notice>& notices_of_support()
{
    static const std::vector<Notice> all{
        {"E52",
         Facts::time_only,
         Msg::mails_e52_subject,
         Msg::mails_e52_what,
         {Msg::mails_e52_see},
         Msg::mails_e52_if_you,
         Msg::mails_e52_if_not},
        {"E53",
         Facts::closed,
         Msg::mails_e53_subject,
         Msg::mails_e53_what,
         {Msg::mails_e53_where},
         Msg::mails_e53_if_you,
         Msg::mails_e53_if_not},
        {"E54",
         Facts::time_only,
         Msg::mails_e54_subject,
         Msg::mails_e54_what,
         {Msg::mails_e54_until},
         Msg::mails_e54_if_you,
         Msg::mails_e54_if_not},
        {"E55-asked",
         Facts::all,
         Msg::mails_e55_asked_subject,
         Msg::mails_e55_asked_what,
         {Msg::mails_e55_asked_until, Msg::mails_stop_how},
         Msg::mails_e40_if_you,
         Msg::mails_e22_asked_if_not},
        {"E55",
         Facts::time_only,
         Msg::mails_e55_subject,
         Msg::mails_e55_what,
         {Msg::mails_e55_kept},
         Msg::mails_if_you,
         Msg::mails_e55_if_not},
    };
    return all;
}

const std::vector<Notice>& notices_of_reports()
{
    static const std::vector<Notice> all{
        {"E56",
         Facts::closed,
         Msg::mails_e56_subject,
         Msg::mails_e56_what,
         {Msg::mails_e56_where},
         Msg::mails_e56_if_you,
         Msg::mails_e56_if_not},
        {"E57",
         Facts::closed,
         Msg::mails_e57_subject,
         Msg::mails_e57_what,
         {Msg::mails_e57_number, Msg::mails_e57_next},
         Msg::mails_e57_if_you,
         Msg::mails_e57_if_not},
        {"E57-fake",
         Facts::closed,
         Msg::mails_e57_fake_subject,
         Msg::mails_e57_fake_what,
         {Msg::mails_e57_number, Msg::mails_e57_fake_thanks},
         Msg::mails_e57_if_you,
         Msg::mails_e57_if_not},
        {"E57-genuine",
         Facts::closed,
         Msg::mails_e57_genuine_subject,
         Msg::mails_e57_genuine_what,
         {Msg::mails_e57_number, Msg::mails_e57_genuine_check},
         Msg::mails_e57_genuine_if_you,
         Msg::mails_e57_if_not},
        {"E58",
         Facts::time_only,
         Msg::mails_e58_subject,
         Msg::mails_e58_what,
         {Msg::mails_e58_where},
         Msg::mails_e58_if_you,
         Msg::mails_e58_if_not},
    };
    return all;
}

const std::vector<Notice>& notices_of_operators()
{
    static const std::vector<Notice> all{
        {"S1",
         Facts::time_only,
         Msg::mails_s1_subject,
         Msg::mails_s1_what,
         {Msg::mails_s_console},
         Msg::mails_s1_if_you,
         Msg::mails_s_if_not},
        {"S2",
         Facts::time_only,
         Msg::mails_s2_subject,
         Msg::mails_s2_what,
         {Msg::mails_s_console},
         Msg::mails_s2_if_you,
         Msg::mails_s_if_not},
        {"S3",
         Facts::time_only,
         Msg::mails_s3_subject,
         Msg::mails_s3_what,
         {Msg::mails_s_console},
         Msg::mails_s3_if_you,
         Msg::mails_s_if_not},
    };
    return all;
}

const std::vector<Notice>& notices_of_operations()
{
    static const std::vector<Notice> all{
        {"S4-asked",
         Facts::time_only,
         Msg::mails_s4_asked_subject,
         Msg::mails_s4_asked_what,
         {Msg::mails_s_console},
         Msg::mails_s4_asked_if_you,
         Msg::mails_s_if_not},
        {"S4",
         Facts::time_only,
         Msg::mails_s4_subject,
         Msg::mails_s4_what,
         {Msg::mails_s_console},
         Msg::mails_s4_if_you,
         Msg::mails_s_if_not},
        {"S5",
         Facts::time_only,
         Msg::mails_s5_subject,
         Msg::mails_s5_what,
         {Msg::mails_s_console},
         Msg::mails_s5_if_you,
         Msg::mails_s_if_not},
        {"S6",
         Facts::time_only,
         Msg::mails_s6_subject,
         Msg::mails_s6_what,
         {Msg::mails_s_console},
         Msg::mails_s6_if_you,
         Msg::mails_s_if_not},
        {"S7",
         Facts::time_only,
         Msg::mails_s7_subject,
         Msg::mails_s7_what,
         {Msg::mails_s_console},
         Msg::mails_s7_if_you,
         Msg::mails_s_if_not},
    };
    return all;
}

}  // namespace sallyport::messages
