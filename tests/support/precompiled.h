// Like common/base/precompiled.h, but for the test programs.
#pragma once

#include "common/ui/precompiled.h"

#include <QTest>
#include <QtTest>
