#pragma once

#include <QCoreApplication>
#include <QTest>

namespace shmpix::test {

/// Runs one test class under an application of the given kind, like QTEST_MAIN; the words after the name of
/// the test are for Qt Test. A test program consists of the functions that call this one
/// (tests/CMakeLists.txt).
template <typename Application, typename Test>
[[nodiscard]] int runTest(int argc, char** argv)
{
    const Application application(argc, argv);
    QCoreApplication::setAttribute(Qt::AA_Use96Dpi);
    Test test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace shmpix::test
