# Both engines for suites that run on each (tests/support/engines.h), linked by the tests of every room
# that uses db.
add_library(db_test_support STATIC EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/support/engines.cpp
    ${CMAKE_SOURCE_DIR}/tests/support/failing_database.cpp
    ${CMAKE_SOURCE_DIR}/tests/support/postgres_server.cpp)
target_include_directories(db_test_support PUBLIC ${CMAKE_SOURCE_DIR}/tests)
target_link_libraries(db_test_support PUBLIC room_db PRIVATE warnings)
use_precompiled(db_test_support)

# What tests/support/world.h watches (tests/support/event_watch.h), linked by the tests of every room that
# uses proof.
add_library(world_test_support STATIC EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/support/event_watch.cpp
    ${CMAKE_SOURCE_DIR}/tests/support/event_rules.cpp)
target_link_libraries(world_test_support PUBLIC db_test_support room_proof gtest PRIVATE warnings)
use_precompiled(world_test_support)
