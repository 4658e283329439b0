// As common/base/precompiled.h, for the test programs.
#pragma once

#include "common/ui/precompiled.h"

#include <QTest>
#include <QtTest>
