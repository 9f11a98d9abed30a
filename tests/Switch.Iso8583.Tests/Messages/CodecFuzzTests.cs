using System.Text;

namespace Switch.Iso8583.Tests;

/// <summary>Seeded fuzzing: a failing iteration is found again from the seed and number in its message.</summary>
public sealed class CodecFuzzTests
{
    private const int Iterations = 20_000;
    private const int Seed = 1987;

    [Theory]
    [MemberData(nameof(Samples.Dialects), MemberType = typeof(Samples))]
    public void RandomMessages_WrittenAndRead_AreUnchanged(string name)
    {
        var dialect = IsoDialect.Resolve(name);
        var random = new Random(Seed);
        var values = new byte[IsoDialect.MaxField + 1][];
        for (var i = 0; i < Iterations; i++)
        {
            using var buffer = IsoBuffer.Rent(dialect);
            var writer = new IsoWriter(buffer, Mti.FinancialRequest);
            Array.Clear(values);
            for (var field = 2; field <= IsoDialect.MaxField; field++)
            {
                if (random.Next(6) != 0) continue;
                var spec = dialect.Field(field)!;
                var value = RandomValue(random, spec);
                var isBytes = spec.Content == FieldContent.Binary;
                var isWritten = isBytes ? writer.Bytes(field, value) : writer.Text(field, value);
                if (!isWritten) break;
                values[field] = value;
            }

            // What does not fit the buffer ends the message; everything before it must still be refused as a whole.
            if (!writer.TryComplete(out var fault))
            {
                Assert.True(fault.Kind == IsoFaultKind.BufferFull, $"seed {Seed}, iteration {i}: {fault}");
                continue;
            }

            using var message = IsoMessage.Rent(dialect);
            Assert.True(message.TryParse(buffer.Span, out fault), $"seed {Seed}, iteration {i}: {fault}");
            for (var field = 2; field <= IsoDialect.MaxField; field++)
                Assert.True(Matches(message, field, values[field]), $"seed {Seed}, iteration {i}, field {field}");
        }
    }

    [Theory]
    [MemberData(nameof(Samples.Dialects), MemberType = typeof(Samples))]
    public void RandomAndMutatedBytes_NeverThrowAndNeverReadOutside(string name)
    {
        var dialect = IsoDialect.Resolve(name);
        using var sample = Samples.Authorization(dialect);
        var random = new Random(Seed);
        var parsed = 0;
        for (var i = 0; i < Iterations; i++)
        {
            var bytes = Mutate(random, sample.Span);
            using var message = IsoMessage.Rent(dialect);
            if (!message.TryParse(bytes, out var fault))
            {
                Assert.False(fault.IsNone);
                Assert.NotEmpty(fault.ToString());
                continue;
            }

            parsed++;
            ReadEverything(message, bytes.Length);
        }

        // Both ways must have been walked, or the fuzzing shows nothing.
        Assert.InRange(parsed, Iterations / 100, Iterations * 99 / 100);
    }

    private static byte[] Mutate(Random random, ReadOnlySpan<byte> sample)
    {
        if (random.Next(4) == 0)
        {
            var noise = new byte[random.Next(600)];
            random.NextBytes(noise);
            // A valid start gets the noise past the message type and bitmap.
            if (random.Next(2) == 0 && noise.Length > 20) sample[..20].CopyTo(noise);
            return noise;
        }

        var bytes = sample.ToArray();
        for (var n = random.Next(1, 4); n > 0; n--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return random.Next(3) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private static void ReadEverything(IsoMessage message, int length)
    {
        Span<byte> into = stackalloc byte[999];
        var isValid = message.TryValidate(out _);
        for (var field = message.NextField(1); field > 0; field = message.NextField(field))
        {
            Assert.InRange(message.Wire(field).Length, 0, length);
            var isRead = message.Dialect.Field(field)!.Content == FieldContent.Binary
                ? message.TryGetBytes(field, into, out _)
                : message.TryGetText(field, into, out _);
            Assert.True(isRead || !isValid);
            message.TryGetInt64(field, out _);
        }

        Assert.NotEmpty(IsoDump.Format(message));
    }

    private static bool Matches(IsoMessage message, int field, byte[]? expected)
    {
        Span<byte> read = stackalloc byte[999];
        if (expected is null) return !message.Has(field);
        var isRead = message.Dialect.Field(field)!.Content == FieldContent.Binary
            ? message.TryGetBytes(field, read, out var written)
            : message.TryGetText(field, read, out written);
        return isRead && read[..written].SequenceEqual(expected);
    }

    private static byte[] RandomValue(Random random, IsoField spec)
    {
        // Long values everywhere would overflow every message; a few still do, on purpose.
        var most = random.Next(50) == 0 ? spec.MaxLength : Math.Min(spec.MaxLength, 80);
        var length = spec.Length == FieldLength.Fixed ? spec.MaxLength : random.Next(most + 1);
        if (spec.Content == FieldContent.Binary)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            return bytes;
        }

        var alphabet = spec.Content switch
        {
            FieldContent.Numeric => "0123456789",
            FieldContent.Track => "0123456789=",
            FieldContent.AlphaNumeric => "0123456789ABCXYZabcxyz ",
            _ => " !\"#$%&'()*+,-./09:;<=>?@AZ[]^_`az{|}~",
        };
        return Encoding.ASCII.GetBytes(random.GetItems<char>(alphabet, length));
    }
}
