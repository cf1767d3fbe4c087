"""What keeps the shop running: logs, metrics, machines, the network, and the model that recommends."""

from __future__ import annotations

import datetime
import time
from typing import Any

from botocore.exceptions import ClientError

from shop.aws import client, code_of, pages


class Logs:
    """A log group."""

    def __init__(self, name: str, days: int = 30) -> None:
        self.logs, self.name = client("logs"), name
        self.logs.create_log_group(logGroupName=name, tags={"team": "sales"})
        self.logs.put_retention_policy(logGroupName=name, retentionInDays=days)

    def write(self, stream: str, *lines: str) -> None:
        """Write lines to a stream, which is made where it is missing."""
        try:
            self.logs.create_log_stream(logGroupName=self.name, logStreamName=stream)
        except ClientError as error:
            if code_of(error) != "ResourceAlreadyExistsException":
                raise
        now = int(time.time() * 1000)
        events = [{"timestamp": now + number, "message": line} for number, line in enumerate(lines)]
        self.logs.put_log_events(logGroupName=self.name, logStreamName=stream, logEvents=events)

    def read(self, stream: str) -> list[str]:
        """The lines of a stream."""
        answer = self.logs.get_log_events(logGroupName=self.name, logStreamName=stream, startFromHead=True)
        return [each["message"] for each in answer["events"]]

    def search(self, pattern: str) -> list[str]:
        """Lines of all streams in which a word stands."""
        answer = self.logs.filter_log_events(logGroupName=self.name, filterPattern=pattern)
        return [each["message"] for each in answer["events"]]

    def streams(self) -> list[str]:
        """The names of the streams."""
        found = pages(self.logs, "describe_log_streams", "logStreams", logGroupName=self.name)
        return [each["logStreamName"] for each in found]

    def days(self) -> int:
        """How long lines are kept."""
        (group,) = self.logs.describe_log_groups(logGroupNamePrefix=self.name)["logGroups"]
        return int(group["retentionInDays"])


class Metrics:
    """Metrics and alarms of CloudWatch."""

    NAMESPACE = "Shop"

    def __init__(self) -> None:
        self.cloudwatch = client("cloudwatch")

    def count(self, name: str, *values: float) -> None:
        """Enter values of a metric."""
        now = datetime.datetime.now(datetime.timezone.utc)
        data = [{"MetricName": name, "Timestamp": now, "Value": value, "Unit": "Count"} for value in values]
        self.cloudwatch.put_metric_data(Namespace=self.NAMESPACE, MetricData=data)

    def sum(self, name: str) -> float:
        """The sum of a metric over the last hour."""
        now = datetime.datetime.now(datetime.timezone.utc)
        answer = self.cloudwatch.get_metric_statistics(
            Namespace=self.NAMESPACE,
            MetricName=name,
            StartTime=now - datetime.timedelta(hours=1),
            EndTime=now + datetime.timedelta(minutes=1),
            Period=3600,
            Statistics=["Sum"],
        )
        return float(sum(each["Sum"] for each in answer["Datapoints"]))

    def alarm(self, name: str, metric: str, threshold: float) -> None:
        """Raise an alarm where a metric is above a threshold."""
        self.cloudwatch.put_metric_alarm(
            AlarmName=name,
            MetricName=metric,
            Namespace=self.NAMESPACE,
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=threshold,
            ComparisonOperator="GreaterThanThreshold",
        )

    def state(self, name: str) -> str:
        """The state of an alarm."""
        (alarm,) = self.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return str(alarm["StateValue"])

    def set_off(self, name: str) -> None:
        """Set an alarm off, for a test of what follows."""
        self.cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")


class Network:
    """The network and the machines in it."""

    def __init__(self) -> None:
        self.ec2 = client("ec2")

    def create(self, block: str, *subnets: str) -> tuple[str, list[str]]:
        """A network with subnets, by address blocks; returns ids."""
        tags = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "shop"}]}]
        vpc = self.ec2.create_vpc(CidrBlock=block, TagSpecifications=tags)["Vpc"]["VpcId"]
        made = [self.ec2.create_subnet(VpcId=vpc, CidrBlock=each)["Subnet"]["SubnetId"] for each in subnets]
        return str(vpc), made

    def named(self, name: str) -> list[str]:
        """The networks of a name."""
        found = self.ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [name]}])["Vpcs"]
        return [each["VpcId"] for each in found]

    def opened(self, vpc: str, *ports: int) -> str:
        """A security group in which ports are open; returns its id."""
        group = self.ec2.create_security_group(GroupName="web", Description="web servers", VpcId=vpc)["GroupId"]
        rules = [
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
            for port in ports
        ]
        if rules:
            self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rules)
        return str(group)

    def open_ports(self, group: str) -> list[int]:
        """The ports that are open."""
        (found,) = self.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
        return sorted(each["FromPort"] for each in found["IpPermissions"])

    def start(self, image: str, subnet: str, count: int) -> list[str]:
        """Start machines; returns their ids."""
        answer = self.ec2.run_instances(
            ImageId=image, InstanceType="t3.micro", SubnetId=subnet, MinCount=count, MaxCount=count
        )
        return [each["InstanceId"] for each in answer["Instances"]]

    def states(self, machines: list[str]) -> list[str]:
        """The states of machines."""
        answer = self.ec2.describe_instances(InstanceIds=machines)
        return [each["State"]["Name"] for one in answer["Reservations"] for each in one["Instances"]]

    def stop(self, machines: list[str]) -> None:
        """Stop machines, and wait."""
        self.ec2.stop_instances(InstanceIds=machines)
        self.ec2.get_waiter("instance_stopped").wait(InstanceIds=machines)

    def remove(self, machines: list[str]) -> None:
        """Terminate machines."""
        self.ec2.terminate_instances(InstanceIds=machines)


class Recommender:
    """A model of SageMaker behind an endpoint."""

    IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/recommender:1"

    def __init__(self, role: str) -> None:
        self.sagemaker, self.role = client("sagemaker"), role

    def deploy(self, name: str, kind: str = "ml.m5.large", count: int = 1) -> str:
        """Serve a model; returns the status of the endpoint."""
        self.sagemaker.create_model(ModelName=name, PrimaryContainer={"Image": self.IMAGE}, ExecutionRoleArn=self.role)
        variant = {
            "VariantName": "all",
            "ModelName": name,
            "InitialInstanceCount": count,
            "InstanceType": kind,
            "InitialVariantWeight": 1.0,
        }
        self.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        self.sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name)
        return self.status(name)

    def status(self, name: str) -> str:
        """The status of an endpoint, `missing` where there is none."""
        try:
            return str(self.sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"])
        except ClientError as error:
            if code_of(error) == "ValidationException":
                return "missing"
            raise

    def models(self) -> list[str]:
        """The names of the models."""
        return [each["ModelName"] for each in pages(self.sagemaker, "list_models", "Models")]

    def instance_type(self, name: str) -> str:
        """What an endpoint runs on."""
        found: Any = self.sagemaker.describe_endpoint_config(EndpointConfigName=name)
        return str(found["ProductionVariants"][0]["InstanceType"])

    def remove(self, name: str) -> None:
        """Delete endpoint, configuration and model."""
        self.sagemaker.delete_endpoint(EndpointName=name)
        self.sagemaker.delete_endpoint_config(EndpointConfigName=name)
        self.sagemaker.delete_model(ModelName=name)
