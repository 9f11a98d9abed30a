using System.Runtime.InteropServices;
using System.Text;

namespace Switch.EndToEnd.Tests;

/// <summary>
/// librdkafka's own Kafka-protocol broker, as the sandbox runs it, but one that can go away and come back with its
/// data: its connections break and new ones are refused. Confluent's client hides these calls, so the broker is made by
/// the native ones.
/// </summary>
internal sealed class InterruptibleBroker : IDisposable
{
    private const string Library = "librdkafka";
    private const int Producer = 0;
    private const int FirstBroker = 1;
    private const int ErrorTextBytes = 512;

    // The client inside reports every outage to the console; the test knows of it.
    private static readonly (string Name, string Value)[] Settings =
        [("test.mock.num.brokers", "1"), ("log_level", "0")];

    private readonly nint _host;
    private readonly nint _cluster;

    // Confluent's package carries builds for different systems and its client tries one after the other.
    static InterruptibleBroker() => NativeLibrary.SetDllImportResolver(
        typeof(InterruptibleBroker).Assembly,
        static (name, assembly, search) =>
        {
            string[] builds = name == Library ? [Library, "centos8-librdkafka", "alpine-librdkafka"] : [name];
            foreach (var build in builds)
                if (NativeLibrary.TryLoad(build, assembly, search, out var library)) return library;
            return 0;
        });

    public InterruptibleBroker()
    {
        var error = new byte[ErrorTextBytes];
        var configuration = ConfNew();
        foreach (var (name, value) in Settings)
        {
            if (ConfSet(configuration, name, value, error, (nuint)error.Length) != 0)
                throw new InvalidOperationException(Text(error));
        }

        // From here the configuration is the client's.
        _host = New(Producer, configuration, error, (nuint)error.Length);
        if (_host == 0) throw new InvalidOperationException(Text(error));
        _cluster = MockCluster(_host);
        Address = Marshal.PtrToStringUTF8(Bootstraps(_cluster))!;
    }

    /// <summary>The broker's <c>host:port</c>.</summary>
    public string Address { get; }

    public void GoDown() => Assert.Equal(0, SetDown(_cluster, FirstBroker));

    public void ComeBack() => Assert.Equal(0, SetUp(_cluster, FirstBroker));

    public void Dispose() => Destroy(_host);

    private static string Text(byte[] error) => Encoding.UTF8.GetString(error).TrimEnd('\0');

    [DllImport(Library, EntryPoint = "rd_kafka_conf_new")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint ConfNew();

    [DllImport(Library, EntryPoint = "rd_kafka_conf_set")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ConfSet(
        nint configuration,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string value,
        byte[] error,
        nuint errorBytes);

    [DllImport(Library, EntryPoint = "rd_kafka_new")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint New(int type, nint configuration, byte[] error, nuint errorBytes);

    [DllImport(Library, EntryPoint = "rd_kafka_handle_mock_cluster")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint MockCluster(nint client);

    [DllImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Bootstraps(nint cluster);

    [DllImport(Library, EntryPoint = "rd_kafka_mock_broker_set_down")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetDown(nint cluster, int broker);

    [DllImport(Library, EntryPoint = "rd_kafka_mock_broker_set_up")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetUp(nint cluster, int broker);

    [DllImport(Library, EntryPoint = "rd_kafka_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void Destroy(nint client);
}
