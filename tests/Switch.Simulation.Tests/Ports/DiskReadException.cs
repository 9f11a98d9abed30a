namespace Switch.Simulation.Tests.Ports;

/// <summary>The disk fails, as the plan says; to log it is no sign of a bug.</summary>
internal sealed class DiskReadException() : IOException("the disk can't be read, as the plan says");
